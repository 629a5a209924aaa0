import type { LiveScreen } from './live-screen.ts';

/** The person at the terminal, where there is one. */
export interface Terminal {
  /** Both ends are a terminal: prompts can be asked. */
  readonly interactive: boolean;
  /** Width of what is printed, in columns. */
  readonly columns: number;
  /** Height of the screen, in lines. */
  readonly rows: number;
  /** Whether results may be coloured (a terminal, and neither NO_COLOR nor --no-color). */
  readonly color: boolean;
  /** For pictures that are drawn anew; absent where results do not go to a terminal. */
  readonly live?: LiveScreen;
  /** Results, to standard output. */
  out(text: string): void;
  /** Words for people, to standard error. */
  say(text: string): void;
  /** One line that is replaced by the next (nothing without a terminal); the empty string clears it. */
  progress(text: string): void;
  /** Asks for a line. @throws CannotTell NOT_PERMITTED without a terminal or when the person breaks off. */
  ask(question: string): Promise<string>;
  confirm(question: string): Promise<boolean>;
  /**
   * Has a longer text written in the person's own editor; absent where there is no terminal or none is set.
   * @throws CannotTell NOT_PERMITTED where nothing was written or the editor failed.
   */
  readonly edit?: (initial: string) => Promise<string>;
  /** Asks for a line that is not shown. */
  secret(question: string): Promise<string>;
}
