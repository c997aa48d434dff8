/** A request with the signatures that Duo's own client makes for it. */
export interface Vector {
  readonly name: string;
  readonly integrationKey: string;
  readonly host: string;
  readonly date: string;
  readonly dateHeader: "date" | "x-duo-date";
  readonly method: string;
  readonly path: string;
  /** As a client sends it: unsorted, with `+` for a blank. */
  readonly query: string;
  readonly body: string;
  readonly contentType: string | undefined;
  /** Line 5 of the signed text. */
  readonly canonical: string;
  readonly signatures: readonly string[];
}

/** The key all vectors are made with. */
export const VECTOR_SECRET_KEY = "Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep";

const COMMON = {
  integrationKey: "DIABCDEFGHIJKLMNOPQR",
  host: "API-1a2b3c4d.DuoSecurity.com",
  date: "Mon, 13 May 2024 09:30:00 -0000",
  dateHeader: "date",
  method: "GET",
  body: "",
  contentType: undefined,
} as const;
const AUTH = { ...COMMON, path: "/admin/v2/logs/authentication" };

/** Computed with Duo's Python client. */
export const VECTORS: readonly Vector[] = [
  {
    name: "form POST of the documentation",
    integrationKey: "DIWJ8X6AEYOR5OMC6TQ1",
    host: "api-XXXXXXXX.duosecurity.com",
    date: "Tue, 21 Aug 2012 17:29:18 -0000",
    dateHeader: "date",
    method: "POST",
    path: "/accounts/v1/account/list",
    query: "",
    body: "username=root&realname=First+Last",
    contentType: "application/x-www-form-urlencoded",
    canonical: "realname=First%20Last&username=root",
    signatures: [
      "2d97d6166319781b5a3a07af39d366f491234edc",
      "1bffb8924348f7db7da9e7d7d749ded93aafd02d8e904960da7b96c57510220185a64a2827ee8f24ac5d30802a9ee97e59de44b304b18242f0d596d15a8122af",
    ],
  },
  {
    ...AUTH,
    name: "first page of the authentication log",
    query: "mintime=1715587200000&maxtime=1715592480000&limit=1000&sort=ts:asc",
    canonical: "limit=1000&maxtime=1715592480000&mintime=1715587200000&sort=ts%3Aasc",
    signatures: [
      "525994307f62ca216909b390d96ca8800b645477",
      "ac04da7fc66dfa17b1284215fd728778dee62295831354f243fd941bfef73712f5c81b21d6437d1d1f6504cf33cf1f207f2c8b00b5004b89bbcc967e8d2320f3",
      "4754f04d0bdd4df0410f125fae11c07eac82177eeb1dd793c967fd3aa3817005e6329abb288170b0c486fe5410716ad0ca08153623a4c81f4f3850f5e5fa262a",
    ],
  },
  {
    ...AUTH,
    name: "next page of the authentication log",
    query:
      "mintime=1715587200000&maxtime=1715592480000&limit=1000&sort=ts:asc&next_offset=1715590812345,5bea1c1e-612c-4f1d-b310-75fd31385b15",
    canonical:
      "limit=1000&maxtime=1715592480000&mintime=1715587200000&next_offset=1715590812345%2C5bea1c1e-612c-4f1d-b310-75fd31385b15&sort=ts%3Aasc",
    signatures: [
      "27f4008dc34de116dee46a59b82a0cc53d752725",
      "d2b0dba5087e0985d2bc191b80b6c4682190b16c1b45c33e3d29e196ceeb52d05bd9ee2d76e23498b738456d9cf8b2c35a68f70405148264000674b77cfd5202",
      "6d281e42bff493d1745c07644decf48de9775e0a24006e6f94d1b58191a3528624bd644382eaa1378584b6876028801434dfc214946945edd3d1a0b972dfbec5",
    ],
  },
  {
    ...COMMON,
    name: "no parameters",
    path: "/admin/v1/info/summary",
    query: "",
    canonical: "",
    signatures: [
      "ef10ebd940eba78c2a61a90af5c583c127e943d0",
      "be0f843c81449f008561caaa85af778db17d37ab84589913fa2b5870e95b698dcbadfe11ef8c1a9cfeec67d7a90fbf06aa86ee632dd7d836eadf1add58528f7d",
      "9940f449c43deac0e00cd2a4d083124bbd505b02eb2d4fb8ba2da4280a31a2a956499e5dff8ec321f15219b0a4b1c7a40ff79d4f1b716c389824002488e18481",
    ],
  },
  {
    ...AUTH,
    name: "characters that are hard to encode",
    query:
      "users=DUB&users=DUA&phone_numbers=My+iPhone+%28734-555-2342%29&x=~%21%2A%27%28%29%2B+%2F%C3%A9&a+b=1",
    canonical:
      "a%20b=1&phone_numbers=My%20iPhone%20%28734-555-2342%29&users=DUA&users=DUB&x=~%21%2A%27%28%29%2B%20%2F%C3%A9",
    signatures: [
      "dc0ceb99014b71ab511e5af86e1535701ec65fda",
      "b54a6e9504e45745264fa1f2512cfb1a18a8d69470352270514c59bc306a6377ab049c07d900c3e2ee7a38173bf0bdfa97bd276f1e814e69cbc90f3871db6870",
      "14da232a5df373fc3f2644433fd4956d48d9d7f9580533ab9ee8c92ae5a37b0c030f3eb6b0004bec0c31d15b02230c24a35ec4137310088cc754ad4c50a6276d",
    ],
  },
  {
    ...COMMON,
    name: "JSON POST",
    method: "POST",
    path: "/accounts/v1/account/list",
    query: "",
    body: "{}",
    contentType: "application/json",
    canonical: "",
    signatures: [
      "a0562c2e4e02cea880c6cf2104e76151bad3fa56",
      "4960c853f5cdc76150ba595305466fa69db4ad3183888cf580c0ddd6abd7880ba94f2e28a0ee6d2a165be25fdbb409a6504692ccc0a3f5310006825f30dceb83",
    ],
  },
  {
    ...COMMON,
    name: "date in X-Duo-Date",
    dateHeader: "x-duo-date",
    path: "/admin/v1/logs/administrator",
    query: "mintime=1715587200",
    canonical: "mintime=1715587200",
    signatures: [
      "28a6d8144de6c3ebabb662e43b653831b93ec0848d88d65ffed59ad86dc3b2d6e0a01bdcf98379d2bc9f902d6a5318f7186ca8a8120bdd6c8eb94e4616fb064d",
    ],
  },
  {
    ...AUTH,
    name: "child account",
    query:
      "mintime=1715587200000&maxtime=1715592480000&limit=1000&sort=ts:asc&account_id=DA9VZOC5X63I2W72NRP9",
    canonical:
      "account_id=DA9VZOC5X63I2W72NRP9&limit=1000&maxtime=1715592480000&mintime=1715587200000&sort=ts%3Aasc",
    signatures: [
      "525c112204b4d71449a388ccf158e703f257a973bd52ebe58418e794bc7ccb85fae9b2cc5bd6ccf46db098b4e17fb32f88a11703e16ae9af24958096eac10f3a",
    ],
  },
];
