import type { OwnSettings } from '../domain/own-settings.ts';

/** What the person who runs the command has set for himself, outside of every repository. */
export interface SettingsStore {
  /** Null where there is no such file. @throws CannotTell BAD_DATA, IO_FAILED. */
  load(): Promise<OwnSettings | null>;
  /** Where it is kept, for people. */
  readonly file: string;
}
