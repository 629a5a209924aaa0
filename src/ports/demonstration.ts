import type { Fingerprint } from '../domain/names.ts';
import type { Terminal } from './terminal.ts';

/** What the demonstration needs beyond what every command has. Nothing else may use it. */
export interface DemonstrationParts {
  /** Plays a person at a terminal: answers every prompt by itself. Reachable from `demo` alone. */
  actor(terminal: Terminal, reason: string): Terminal;
  /** Makes a key in this process. `time`: seconds since 1970. */
  generateKey(person: { readonly name: string; readonly email: string; readonly time: number }): Promise<{
    readonly privateArmored: string;
    readonly publicArmored: string;
    readonly fingerprint: Fingerprint;
  }>;
  /** A small LoRA adapter in the real format. */
  adapter(
    seed: string,
    base: string,
    revision: string,
  ): readonly { readonly path: string; readonly bytes: Uint8Array }[];
  /** Output of lm-evaluation-harness 0.4 in the real format. `adapter` null: the base model itself. */
  results(run: SampleEvaluation): string;
  /** A file of the ready policies that come with the tool, such as `team/policy.yaml`. */
  readyPolicy(path: string): Promise<Uint8Array>;
}

export interface SampleEvaluation {
  readonly base: string;
  readonly revision: string;
  readonly adapter: string | null;
  /** Seconds since 1970. */
  readonly time: number;
  readonly scores: readonly {
    readonly task: string;
    readonly metric: string;
    readonly value: number;
    readonly samples: number;
    readonly higherIsBetter: boolean;
  }[];
}
