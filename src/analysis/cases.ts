import {
  CHANGE_FLAGS,
  MUTATIONS,
  overlapPermission,
  type ChangeFlag,
  type Mutation,
} from '../domain/model-change.ts';
import type { OwnerRole } from '../domain/risk-rules.ts';
import type { RiskTier } from '../domain/tiers.ts';
import type { When } from '../domain/when.ts';
import { riskierValue } from '../machine/change-flags.ts';
import type { Law } from '../machine/law.ts';
import { HIGH_RISK, riskOfCase } from '../machine/risk.ts';
import type { Case } from '../machine/when-holds.ts';
import type { LineClass } from './line-classes.ts';
import { permissionClasses } from './permission-classes.ts';

/** One change that could be asked for: null for a flag of which nobody says anything. */
export interface Change {
  readonly mutation: Mutation;
  readonly permissions: readonly string[];
  /** Flags set, and flags that nobody speaks of. */
  readonly set: readonly ChangeFlag[];
  readonly unsaid: readonly ChangeFlag[];
}

/** Everything that changes can ask of people and machines, and one change that asks it. */
export interface Outcome {
  /** Null where nobody judges the risk. */
  readonly tier: RiskTier | null;
  readonly owners: readonly OwnerRole[];
  readonly change: Change;
}

/** What changes of one class of lines come to. */
export interface Cases {
  readonly outcomes: readonly Outcome[];
  /** Whether every change was looked at; where not, there may be more outcomes. */
  readonly complete: boolean;
  /** Changes looked at. */
  readonly examined: number;
  /** How often a rule was held against a change. */
  readonly spent: number;
  /** Changes that those stand for: mutations, permissions that are told apart, and each flag set, not set or not spoken of. */
  readonly covered: bigint;
  /** Rules of risk that apply to some change, and those without which some change would come to something else. */
  readonly applying: ReadonlySet<string>;
  readonly adding: ReadonlySet<string>;
}

/** Sets of permissions of one line that are gone through at most. */
const MOST_PERMISSIONS = 256;

/** Goes through every change a line can be asked for. @param most how often rules may be held against changes. */
export function casesOf(law: Law, { line, rule }: LineClass, most: number): Cases {
  const { risk } = law.policy;
  const conditions = (risk?.rules ?? []).map(({ when }) => when);
  const namedFlags = new Set(conditions.flatMap(flagsIn));
  const namedMutations = new Set(conditions.flatMap(mutationsIn));
  const sets = permissionClasses(law, rule, MOST_PERMISSIONS);
  const outcomes = new Map<string, Outcome>();
  const applying = new Set<string>();
  const adding = new Set<string>();
  const each = 1 + conditions.length;
  let [examined, spent, complete] = [0, 0, sets !== null];
  const look = (change: Change, values: ReadonlyMap<ChangeFlag, boolean | null>): void => {
    const { mutation, permissions } = change;
    if (risk === undefined) {
      outcomes.set('', { tier: null, owners: [], change });
      return;
    }
    const of: Case & { mutation: Mutation } = {
      ...{ line, licenceTier: rule.licenceTier, mutation, permissions, flags: values },
    };
    const counted = new Set(CHANGE_FLAGS.filter((flag) => values.get(flag) ?? riskierValue(flag)));
    const found = riskOfCase(risk, of, counted);
    spent += each;
    const owners = found.approvals.map(({ role }) => role);
    const key = `${found.tier} ${owners.join()}`;
    if (!outcomes.has(key)) outcomes.set(key, { tier: found.tier, owners, change });
    for (const id of found.rules) {
      applying.add(id);
      if (adding.has(id)) continue;
      spent += each;
      const without = riskOfCase(
        { ...risk, rules: risk.rules.filter((other) => other.id !== id) },
        of,
        counted,
      );
      if (comesTo(without) !== comesTo(found)) adding.add(id);
    }
  };
  const mutations = mutationClasses(rule.mutations, namedMutations);
  const kinds = (sets ?? []).flatMap(({ permissions, asked }) =>
    mutations.map(({ mutation, stands, alike }): Kind => {
      const certain = certainFlags(rule, mutation, permissions);
      return { mutation, stands, permissions, certain, alike: `${asked} ${alike}` };
    }),
  );
  const covered = kinds.reduce(
    (sum, { stands, certain }) => sum + BigInt(stands) * 3n ** BigInt(CHANGE_FLAGS.length - certain.size),
    0n,
  );
  for (const { mutation, permissions, certain } of widest(kinds)) {
    for (const values of assignments(certain, namedFlags, risk !== undefined)) {
      if (spent >= most) {
        complete = false;
        break;
      }
      examined += 1;
      const set = CHANGE_FLAGS.filter((flag) => values.get(flag) === true);
      const unsaid = CHANGE_FLAGS.filter((flag) => values.get(flag) === null);
      look({ mutation, permissions, set, unsaid }, values);
    }
  }
  return { outcomes: [...outcomes.values()], complete, examined, spent, covered, applying, adding };
}

/** Changes of one mutation and one set of permissions: their flags are free but for those that are certain. */
interface Kind {
  readonly mutation: Mutation;
  readonly stands: number;
  readonly permissions: readonly string[];
  readonly certain: ReadonlyMap<ChangeFlag, boolean>;
  /** Kinds with the same come to the same with the same flags. */
  readonly alike: string;
}

/** Without those that hold no change but such as another holds too, since more of their flags are certain. */
function widest(kinds: readonly Kind[]): readonly Kind[] {
  return kinds.filter(
    (kind, index) =>
      !kinds.some(
        (other, place) =>
          other.alike === kind.alike &&
          place !== index &&
          [...other.certain].every(([flag, value]) => kind.certain.get(flag) === value) &&
          (other.certain.size < kind.certain.size || place < index),
      ),
  );
}

function comesTo({ tier, approvals, evidence }: ReturnType<typeof riskOfCase>): string {
  return [tier, ...approvals.map(({ role }) => role), ...evidence].join(' ');
}

/** What the evidence shows whatever a request declares, as far as it follows from the line, the mutation and the permissions. */
function certainFlags(
  rule: LineClass['rule'],
  mutation: Mutation,
  permissions: readonly string[],
): ReadonlyMap<ChangeFlag, boolean> {
  const asks = (pattern: string): boolean =>
    permissions.some((permission) =>
      pattern.endsWith(':') ? permission.startsWith(pattern) : overlapPermission(pattern, permission),
    );
  const shown: readonly (readonly [boolean, ChangeFlag, boolean])[] = [
    [rule.targets.length > 0, 'affects-production-traffic', true],
    [rule.jurisdictions === undefined, 'cross-jurisdiction', true],
    [mutation === 'code', 'modifies-code', true],
    [mutation === 'data', 'modifies-data-lineage', true],
    [mutation === 'tool', 'new-tools', true],
    [permissions.includes('exec'), 'code-execution', true],
    [asks('network:'), 'network-access', true],
    [asks('network:'), 'offline-only', false],
    [asks('data:personal*'), 'personal-data', true],
  ];
  return new Map(shown.filter(([holds]) => holds).map(([, flag, value]) => [flag, value]));
}

/** Mutations that nothing tells apart, by one of them, and how many there are. */
function mutationClasses(
  allowed: readonly Mutation[],
  named: ReadonlySet<Mutation>,
): readonly { readonly mutation: Mutation; readonly stands: number; readonly alike: string }[] {
  const classes = new Map<string, { mutation: Mutation; stands: number; alike: string }>();
  for (const mutation of MUTATIONS.filter((each) => allowed.includes(each))) {
    const light = ['adapter-update', 'quantization'].includes(mutation) ? 'light' : 'other';
    const alike = named.has(mutation) ? mutation : light;
    // These show a flag to be set.
    const key = ['code', 'data', 'tool'].includes(mutation) ? mutation : alike;
    const known = classes.get(key);
    if (known === undefined) classes.set(key, { mutation, stands: 1, alike });
    else known.stands += 1;
  }
  return [...classes.values()];
}

/**
 * Every way in which the flags can stand, but for what nothing tells apart: that nobody speaks of a flag is the same as the riskier value
 * unless a condition names it, and of the flags of high risk that no condition names one is as good as another.
 */
function* assignments(
  certain: ReadonlyMap<ChangeFlag, boolean>,
  named: ReadonlySet<ChangeFlag>,
  isJudged: boolean,
): Generator<ReadonlyMap<ChangeFlag, boolean | null>> {
  const unnamedHigh = HIGH_RISK.filter((flag) => !named.has(flag) && !certain.has(flag)).slice(1);
  const free = CHANGE_FLAGS.filter((flag) => !certain.has(flag) && !unnamedHigh.includes(flag));
  const choices = free.map((flag) => (named.has(flag) ? [true, false, null] : [true, false]));
  const digits = free.map(() => 0);
  let place: number;
  do {
    yield new Map<ChangeFlag, boolean | null>([
      ...unnamedHigh.map((flag) => [flag, false] as const),
      ...certain,
      ...free.map((flag, index) => [flag, choices[index]?.[digits[index] ?? 0] ?? null] as const),
    ]);
    // Counted up like a number, as many values to a place as the flag has; one is enough where nobody judges.
    place = isJudged ? 0 : free.length;
    while (place < free.length && (digits[place] ?? 0) + 1 >= (choices[place]?.length ?? 0)) {
      digits[place] = 0;
      place += 1;
    }
    digits[place] = (digits[place] ?? 0) + 1;
  } while (place < free.length);
}

function flagsIn(when: When): readonly ChangeFlag[] {
  if ('all' in when) return when.all.flatMap(flagsIn);
  if ('any' in when) return when.any.flatMap(flagsIn);
  if ('not' in when) return flagsIn(when.not);
  return 'flag' in when ? [when.flag] : [];
}

function mutationsIn(when: When): readonly Mutation[] {
  if ('all' in when) return when.all.flatMap(mutationsIn);
  if ('any' in when) return when.any.flatMap(mutationsIn);
  if ('not' in when) return mutationsIn(when.not);
  return 'mutation' in when ? [when.mutation] : [];
}
