/** A file of a new Matano directory. */
export interface InitialFile {
  /** Relative to the directory, with `/`. */
  readonly path: string;
  readonly content: string;
}

/** Writes out the files of a new Matano directory; pure, and nothing is checked. */
export function initialFiles(options: {
  readonly sourceName: string;
  readonly apiHostname: string;
  readonly integrationKey: string;
  readonly tables: readonly string[];
}): readonly InitialFile[] {
  const folder = `log_sources/${options.sourceName}`;
  return [
    { path: "matano.config.yml", content: MATANO_CONFIG },
    { path: `${folder}/log_source.yml`, content: logSource(options) },
    ...options.tables.map((table) => ({
      path: `${folder}/tables/${table}.yml`,
      content: `name: ${yamlText(table)}\n`,
    })),
    { path: ".gitignore", content: GITIGNORE },
  ];
}

const MATANO_CONFIG = `# Settings of this Matano directory. Every key may be left out; docs/configuration.md of duolake lists them all.
lake:
  warehouse: ./lake # a folder, relative to this file
  database: matano
pull:
  interval: 5m
  look_back: 1h # how far back each pull reads again, for events that Duo delivers late
`;

const GITIGNORE = `# Secrets and the program's own files
.duolake/
# The tables
lake/
`;

function logSource(options: {
  readonly sourceName: string;
  readonly apiHostname: string;
  readonly integrationKey: string;
}): string {
  return `# One Duo account. Its secret key is stored with \`duolake secret set\`, never in this file.
name: ${yamlText(options.sourceName)}
managed:
  type: DUO
  properties:
    api_hostname: ${yamlText(options.apiHostname)}
    integration_key: ${yamlText(options.integrationKey)}
`;
}

/** Plain where YAML cannot take it for anything but text; in JSON's quotes, which YAML knows, otherwise. */
function yamlText(text: string): string {
  const isPlain =
    /^[A-Za-z][A-Za-z0-9_.-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return isPlain ? text : JSON.stringify(text);
}
