import { OVERRIDE_ACTS } from '../../domain/override-acts.ts';
import { HUMAN_ROLES } from '../../domain/roles.ts';
import { ALIASES, GATES, STATES } from '../../domain/states.ts';
import type { AnyCommand } from '../shared/command.ts';
import { commonFlags } from '../shared/common-flags.ts';
import type { NameKind } from './name-kinds.ts';
import { SHELLS } from './shells.ts';

/** What stands at a place: names asked for at every Tab, or a fixed list; null for files. */
export type Kind = NameKind | FixedKind | Listed | null;
/** The values of one option, which is their list's name too. */
export type Listed = `${string},${string}`;

/** Lists that are the same everywhere. */
export const FIXED = {
  roles: [...HUMAN_ROLES, 'pipeline'],
  gates: GATES,
  aliases: ALIASES,
  states: STATES,
  shells: SHELLS,
  /** What may follow `drill`, which is a command by itself, too. */
  drilled: ['list', ...OVERRIDE_ACTS],
} as const satisfies Readonly<Record<string, readonly string[]>>;
export type FixedKind = keyof typeof FIXED;

export interface Flag {
  /** Such as `--reason` and `-C`. */
  readonly names: readonly string[];
  readonly description: string;
  /** Undefined where it takes no value. */
  readonly value?: Kind;
}

/** What can follow `modelsmith`. */
export interface Word {
  /** One word or two. */
  readonly verb: string;
  readonly summary: string;
  readonly flags: readonly Flag[];
  /** What stands at each place after the verb; the last one again where it may be repeated. */
  readonly places: readonly Kind[];
}

/** By the words between the brackets of arguments and options. */
const KINDS: Readonly<Record<string, Kind>> = {
  iteration: 'iterations',
  line: 'lines',
  pattern: 'lines',
  id: 'principals',
  person: 'principals',
  principal: 'principals',
  signer: 'principals',
  change: 'changes',
  exception: 'exceptions',
  override: 'overrides',
  role: 'roles',
  gate: 'gates',
  alias: 'aliases',
  state: 'states',
  shell: 'shells',
  kind: 'drilled',
};

export function wordsOf(verbs: readonly AnyCommand[]): readonly Word[] {
  return verbs.map((command) => {
    const own = command.options.map(({ flags, description, values = [] }) => {
      const [one = '', two, ...more] = values;
      const flag = flagOf(flags, description);
      return two === undefined ? flag : { ...flag, value: listed([one, two, ...more]) };
    });
    const taken = new Set(own.flatMap(({ names }) => names));
    const common = commonFlags(command)
      .map(([flags, description]) => flagOf(flags, description))
      .filter(({ names }) => !names.some((name) => taken.has(name)));
    const help = { names: ['--help'], description: 'print help' };
    return {
      verb: command.name,
      summary: command.summary,
      flags: [...own, ...common, help],
      places: command.arguments.map(({ name }) => kindOf(name)),
    };
  });
}

function listed([one, ...others]: readonly [string, string, ...string[]]): Listed {
  return `${one},${others.join(',')}`;
}

function flagOf(flags: string, description: string): Flag {
  const names = [...flags.matchAll(/(?:^|[ ,])(--?[A-Za-z][a-z-]*)/g)].map(([, name = '']) => name);
  const [, value] = /[<[]([^>\]]+)[>\]]$/.exec(flags) ?? [];
  // An option's id is that of a lock or a baseline, except here.
  const kind =
    value === undefined ? null : value === 'id' && !names.includes('--owner') ? null : kindOf(value);
  return { names, description, ...(value !== undefined && { value: kind }) };
}

function kindOf(placeholder: string): Kind {
  return KINDS[placeholder.replace(/[<>[\].]/g, '')] ?? null;
}
