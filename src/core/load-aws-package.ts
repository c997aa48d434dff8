import { DuolakeError, errorText } from "./errors.ts";

/**
 * Loads a package of the AWS SDK, with the first request that needs it: nobody else pays for it.
 *
 * @param what the service, for the message
 * @param name the package, for the message
 * @throws package_missing where it cannot be loaded
 */
export async function loadAwsPackage<Package>(
  what: string,
  name: string,
  load: () => Promise<Package>,
): Promise<Package> {
  // It would print a warning about Node.js 20 with every command; package.json says which versions work.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  try {
    return await load();
  } catch (error) {
    throw new DuolakeError(
      "package_missing",
      `Cannot use ${what}: package ${name} cannot be loaded, got ${errorText(error)}; install it with npm install ${name}`,
      { cause: error },
    );
  }
}
