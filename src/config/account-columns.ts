import type { Column } from "../core/columns.ts";

/**
 * The columns that say which child account an event belongs to, as ECS names and types them.
 *
 * They carry their own descriptions: some tables have `cloud.account.id` for Matano's sake and leave it empty.
 */
export const ACCOUNT_COLUMNS: readonly Column[] = [
  {
    name: "cloud",
    type: {
      type: "struct",
      fields: [
        {
          name: "account",
          type: {
            type: "struct",
            fields: [
              {
                name: "id",
                type: "string",
                doc: "Id of the Duo child account that the event belongs to: `DA` and 18 letters or digits.",
              },
              {
                name: "name",
                type: "string",
                doc: "Name of the Duo child account, as the provider called it when the event was fetched.",
              },
            ],
          },
        },
      ],
    },
  },
];
