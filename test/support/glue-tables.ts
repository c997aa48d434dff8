/** An error as Glue answers it. */
export class GlueRefusal extends Error {
  /** The word that clients tell errors by: `EntityNotFoundException`. */
  readonly word: string;
  readonly status: number;

  constructor(word: string, message: string, status: number = 400) {
    super(message);
    this.word = word;
    this.status = status;
  }
}

/** A table as Glue gives it: what it was told, and its own members. */
export interface FakeTable {
  readonly Name: string;
  readonly DatabaseName: string;
  readonly VersionId: string;
  readonly Parameters?: Readonly<Record<string, string>>;
  readonly TableType?: string;
  readonly Description?: string;
  readonly StorageDescriptor?: {
    readonly Location?: string;
    readonly Columns?: readonly FakeColumn[];
    readonly [member: string]: unknown;
  };
  readonly [member: string]: unknown;
}

/** A column as Glue gives it. */
export interface FakeColumn {
  readonly Name: string;
  readonly Type?: string;
  readonly Comment?: string;
  readonly Parameters?: Readonly<Record<string, string>>;
}

type Input = Readonly<Record<string, unknown>>;

/** A request as it came; only what the server looks at. */
export interface GlueInput {
  readonly CatalogId?: string;
  readonly DatabaseName?: string;
  readonly Name?: string;
  readonly NextToken?: string;
  readonly VersionId?: string;
  readonly SkipArchive?: boolean;
  readonly DatabaseInput?: { readonly Name: string; readonly LocationUri?: string };
  readonly TableInput?: Input & { readonly Name?: string };
}

const NAME_LENGTH_MAX = 255;
const COMMENT_LENGTH_MAX = 255;
const TYPE_BYTES_MAX = 131_072;
/** What `UpdateTable` and `CreateTable` take; Glue's own members are refused there by the client already. */
const INPUT_MEMBERS: ReadonlySet<string> = new Set([
  "Name",
  "Description",
  "Owner",
  "LastAccessTime",
  "LastAnalyzedTime",
  "Retention",
  "StorageDescriptor",
  "PartitionKeys",
  "ViewOriginalText",
  "ViewExpandedText",
  "TableType",
  "Parameters",
  "TargetTable",
]);

/** Databases and tables of a Data Catalog. Each request is carried out in one piece, so that versions are compared and set. */
export class GlueTables {
  readonly #databases = new Map<string, Map<string, FakeTable>>();
  readonly #locations = new Map<string, string>();
  readonly #archive = new Map<string, FakeTable[]>();
  readonly #pageTableCountMax: number;

  constructor(options: { readonly pageTableCountMax: number }) {
    this.#pageTableCountMax = options.pageTableCountMax;
  }

  /** The databases with their locations. */
  get databases(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#locations);
  }

  /** A table; undefined where there is none. */
  table(database: string, name: string): FakeTable | undefined {
    return this.#databases.get(database)?.get(name);
  }

  /** Earlier versions that were kept, oldest first. */
  archived(database: string, name: string): readonly FakeTable[] {
    return this.#archive.get(`${database}.${name}`) ?? [];
  }

  /** Changes a table as another program would that knows its version. */
  change(database: string, name: string, change: (table: FakeTable) => Input): void {
    const table = this.#found(database, name);
    const { VersionId, CreateTime: _made, UpdateTime: _changed, DatabaseName: _in, ...rest } = table;
    this.answer("UpdateTable", {
      DatabaseName: database,
      VersionId,
      SkipArchive: true,
      TableInput: { ...rest, ...change(table) },
    });
  }

  /** Removes a table, and nothing of what it names. */
  drop(database: string, name: string): void {
    this.#databases.get(database)?.delete(name);
  }

  /** Carries out a request. Throws GlueRefusal. */
  answer(operation: string, input: GlueInput): object {
    const database = (input.DatabaseName ?? "").toLowerCase();
    switch (operation) {
      case "CreateDatabase": {
        const { Name = "", LocationUri = "" } = input.DatabaseInput ?? {};
        const name = Name.toLowerCase();
        if (this.#databases.has(name))
          throw new GlueRefusal("AlreadyExistsException", "Database already exists.");
        this.#databases.set(name, new Map());
        this.#locations.set(name, LocationUri);
        return {};
      }
      case "GetTable":
        return { Table: this.#found(database, (input.Name ?? "").toLowerCase()) };
      case "GetTables":
        return this.#list(database, input.NextToken ?? "");
      case "CreateTable":
        return this.#create(database, input.TableInput ?? {});
      case "UpdateTable":
        return this.#update(database, input);
      default:
        throw new GlueRefusal("UnknownOperationException", operation);
    }
  }

  #tables(database: string): Map<string, FakeTable> {
    const tables = this.#databases.get(database);
    if (tables !== undefined) return tables;
    throw new GlueRefusal("EntityNotFoundException", `Database ${database} not found.`);
  }

  #found(database: string, name: string): FakeTable {
    const table = this.#tables(database).get(name);
    if (table !== undefined) return table;
    throw new GlueRefusal("EntityNotFoundException", `Table ${name} not found.`);
  }

  #list(database: string, after: string): object {
    const names = [...this.#tables(database).keys()].filter((name) => name > after).sort();
    const page = names.slice(0, this.#pageTableCountMax);
    const NextToken = page.length < names.length ? page.at(-1) : undefined;
    return { TableList: page.map((name) => this.#found(database, name)), NextToken };
  }

  #create(database: string, input: NonNullable<GlueInput["TableInput"]>): object {
    const name = nameIn(input);
    const tables = this.#tables(database);
    if (tables.has(name)) throw new GlueRefusal("AlreadyExistsException", "Table already exists.");
    tables.set(name, stored(input, { database, name, version: 0 }));
    return {};
  }

  #update(database: string, request: GlueInput): object {
    const input = request.TableInput ?? {};
    const name = nameIn(input);
    const table = this.#found(database, name);
    const wanted = request.VersionId;
    // Without a version the last writer wins, as in Glue: that is how commits get lost.
    if (wanted !== undefined && wanted !== table.VersionId) {
      const text = "Update table failed due to concurrent modifications.";
      throw new GlueRefusal("ConcurrentModificationException", text);
    }
    if (request.SkipArchive !== true) {
      this.#archive.set(`${database}.${name}`, [...this.archived(database, name), table]);
    }
    const version = Number(table.VersionId) + 1;
    this.#tables(database).set(name, stored(input, { database, name, version }));
    return {};
  }
}

function nameIn({ Name = "" }: { readonly Name?: string }): string {
  return Name.toLowerCase();
}

function stored(
  input: Input,
  { database, name, version }: { readonly database: string; readonly name: string; readonly version: number },
): FakeTable {
  const odd = Object.keys(input).find((member) => !INPUT_MEMBERS.has(member));
  if (odd !== undefined) throw new GlueRefusal("ValidationException", `unknown member ${odd}`);
  const { Columns = [] } = (input["StorageDescriptor"] ?? {}) as { Columns?: readonly FakeColumn[] };
  for (const column of Columns) checkColumn(column);
  if (new Set(Columns.map((column) => column.Name.toLowerCase())).size < Columns.length) {
    throw new GlueRefusal("InvalidInputException", "Duplicate column names");
  }
  const nowSeconds = Date.now() / 1000;
  return {
    ...(structuredClone(input) as FakeTable),
    Name: name,
    DatabaseName: database,
    CreateTime: nowSeconds,
    UpdateTime: nowSeconds,
    VersionId: String(version),
  };
}

function checkColumn({ Name, Type = "", Comment = "" }: FakeColumn): void {
  // One line of text: Glue's "single-line string pattern".
  const isLine = /^[\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}\t]*$/u.test(Comment);
  const isRight =
    Name.length > 0 &&
    Name.length <= NAME_LENGTH_MAX &&
    Comment.length <= COMMENT_LENGTH_MAX &&
    isLine &&
    Buffer.byteLength(Type) <= TYPE_BYTES_MAX;
  if (!isRight) throw new GlueRefusal("ValidationException", `column ${Name} failed to satisfy constraint`);
}
