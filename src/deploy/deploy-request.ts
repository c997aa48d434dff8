import type { Config } from "../config/config.ts";
import type { ConfigurationDocument } from "./configuration-document.ts";
import type { FunctionCode } from "./function-code.ts";
import type { Settings } from "./stack-parameters.ts";
import type { Template } from "./template.ts";

/** What is to be deployed. */
export interface DeployRequest {
  /** Loaded and valid. */
  readonly config: Config;
  readonly label: string;
  readonly template: Template;
  readonly code: FunctionCode;
  readonly document: ConfigurationDocument;
  readonly settings: Settings;
  /** For tests: where Duo is asked; empty for Duo itself. */
  readonly duoEndpointUrl: string;
  /** Stops with the plan. */
  readonly isDryRun: boolean;
}
