/** A terminal whose picture can be drawn anew until the person breaks off. */
export interface LiveScreen {
  /** Columns now: windows change. */
  columns(): number;
  /** Clears what is there and draws these lines from the top; how many do not fit is said in the last. */
  draw(lines: readonly string[]): void;
  /** Takes a step again and again, each time after as many seconds as the one before said, until Ctrl-C. */
  repeat(step: () => Promise<number>): Promise<void>;
}
