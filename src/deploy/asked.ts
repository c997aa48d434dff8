import { awsFailure } from "./aws-failure.ts";

/** Does what asks AWS; its failures come in words. */
export async function asked<Result>(doing: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw awsFailure(doing, error);
  }
}
