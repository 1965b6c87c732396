/** Mocha's own spec report, closed by one plain line with the counts. */
import Mocha from "mocha";

export default class SpecReporter extends Mocha.reporters.Spec {
  override epilogue(): void {
    super.epilogue();
    Mocha.reporters.Base.consoleLog(`${this.stats.passes} passed, ${this.stats.failures} failed`);
  }
}
