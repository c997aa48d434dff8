import { join } from "node:path";

/** The Java to run, as Spark finds it: that of JAVA_HOME, or the one on the path. */
export function javaCommand(): string {
  const home = process.env["JAVA_HOME"];
  return home === undefined || home === "" ? "java" : join(home, "bin", "java");
}
