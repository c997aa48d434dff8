import type { RawEvent } from "../streams.ts";
import type { Login } from "./login.ts";
import { isoSeconds, unixSeconds } from "./time.ts";

const FACTORS: Readonly<Record<string, string>> = {
  duo_push: "Duo Push",
  verified_duo_push: "Verified Duo Push",
  phone_call: "Phone Call",
  sms_passcode: "SMS Passcode",
  duo_mobile_passcode: "Duo Mobile Passcode",
  hardware_token: "Hardware Token",
  yubikey_code: "YubiKey Passcode",
  bypass_code: "Bypass Code",
  remembered_device: "Remembered Device",
  trusted_network: "Trusted Network",
  not_available: "n/a",
};
const RESULTS = { success: "SUCCESS", denied: "FAILURE", fraud: "FRAUD" } as const;

/** True for the logins that the v1 log leaves out: it never had all events of v2. */
export function missingInV1(login: Login): boolean {
  return login.factor === "verified_duo_push" || login.rememberedFactor === "verified_duo_push";
}

/** A login as the v1 authentication log tells it: flat, in words for people, without an id. */
export function authV1Event(login: Login): RawEvent {
  const { person, computer, place } = login;
  const factor = login.factor ?? "not_available";
  return {
    access_device: {
      browser: computer?.browser ?? null,
      browser_version: computer?.browserVersion ?? null,
      flash_version: null,
      java_version: null,
      os: computer?.os ?? null,
      os_version: computer?.osVersion ?? null,
      trusted_endpoint_status: computer?.managed === true && !login.attack ? "trusted" : "unknown",
    },
    alias: person?.alias ?? "",
    device: factor === "not_available" ? null : (person?.phoneLabel ?? null),
    email: person?.email ?? null,
    factor: FACTORS[factor] ?? factor,
    integration: login.application.name,
    ip: login.ip === "0.0.0.0" ? null : login.ip,
    isotimestamp: isoSeconds(login.us),
    location: { city: place?.city ?? null, country: place?.country ?? null, state: place?.state ?? null },
    new_enrollment: login.eventType === "enrollment",
    reason: words(login.reason),
    result: login.reason === "error" ? "ERROR" : RESULTS[login.result],
    timestamp: unixSeconds(login.us),
    username: login.username,
  };
}

function words(reason: string | null): string {
  if (reason === null) return "";
  return (reason[0] as string).toUpperCase() + reason.slice(1).replaceAll("_", " ");
}
