import type * as z from 'zod';
import type { Reason } from '../../domain/reason.ts';
import type { NonEmpty } from '../../base/nonempty.ts';
import type { Context } from './context.ts';

/** Who uses a command: help is grouped by it. */
export const GROUPS = ['start', 'pipeline', 'people', 'emergency', 'policy', 'see', 'machines'] as const;
export type Group = (typeof GROUPS)[number];

export interface ArgumentSpec {
  /** `<iteration>` is required, `[iteration]` optional, `<file...>` one or more. */
  readonly name: string;
  readonly description: string;
}

export interface OptionSpec {
  /** As commander reads it: `--reason <text>`, `--retire`. */
  readonly flags: string;
  readonly description: string;
  /** May be given several times; the input is then a list. */
  readonly repeat?: boolean;
  /** All it can be, where that is a few words of our own: what shells offer for it. */
  readonly values?: readonly string[];
}

/** What printing can rely on. */
export interface View {
  readonly columns: number;
  readonly color: boolean;
}

/** How a command ends. "Cannot tell" is thrown. */
export type Outcome =
  | {
      /** `yes`: exit 0. `no`: exit 3, for findings that are a result of their own. */
      readonly kind: 'yes' | 'no';
      /** What `--json` prints; the printer adds `schema: modelsmith/out/<verb>/v1`. */
      readonly json: object;
      /** What people read. */
      text(view: View): string;
      /** The command printed its result line by line as it came; nothing is left to print. */
      readonly printed?: boolean;
    }
  | {
      /** Exit 3. */
      readonly kind: 'refused';
      /** Such as `claims-triage@1.4.0 cannot move artifact-exported → customer-deployed`. */
      readonly headline: string;
      readonly reasons: NonEmpty<Reason>;
      /** Commands to type next, beside the remedies of the reasons. */
      readonly next?: readonly string[];
      /** Where there is no clone: what commands take before the iteration. */
      readonly address?: string;
    };

/** One verb. `name` may have two words (`baseline add`). */
export interface Command<Input> {
  readonly name: string;
  readonly group: Group;
  readonly summary: string;
  /** More than the summary, for its own help. */
  readonly description?: string;
  readonly arguments: readonly ArgumentSpec[];
  readonly options: readonly OptionSpec[];
  readonly examples: readonly string[];
  /** Writes a signed commit: gets --as, --key-file, --role and --dry-run. */
  readonly writes: boolean;
  /** Reads an evidence repository: gets -C, --root and --branch. */
  readonly reads: boolean;
  /** Arguments and options by name in camel case. Nothing further in sees a string that was not checked. */
  readonly input: z.ZodType<Input>;
  run(context: Context, input: Input, common: CommonOptions): Promise<Outcome>;
}

/** Options every command of its kind has. */
export interface CommonOptions {
  readonly directory: string;
  readonly json: boolean;
  readonly plain: boolean;
  /** `<commit>:<fingerprint>`. */
  readonly root: string | null;
  /** A branch, ref or full commit id to read instead of the one checked out. */
  readonly branch: string | null;
  /** The folder that remembers verified tips. */
  readonly state: string | null;
  readonly as: string | null;
  readonly keyFile: string | null;
  readonly role: string | null;
  readonly dryRun: boolean;
  /** What was typed instead of working in a clone: the address that commands to be typed next take, too. */
  readonly address?: string;
}

/** A verb by its name alone: the rest of it is loaded when it is asked for. */
export interface Verb {
  readonly name: string;
  load(): Promise<AnyCommand>;
}

/** Forgets the input type, for the list of all commands. */
export type AnyCommand = Omit<Command<unknown>, 'run' | 'input'> & {
  readonly input: z.ZodType;
  run(context: Context, input: never, common: CommonOptions): Promise<Outcome>;
};
