/** What broke a run that had begun: shown as it is, without a stack. */
export class RunFailure extends Error {
  override readonly name = "RunFailure";
}
