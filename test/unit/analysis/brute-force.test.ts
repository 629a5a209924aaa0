import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../../src/analysis/analyse.ts';
import type { Change } from '../../../src/analysis/cases.ts';
import { lineClasses } from '../../../src/analysis/line-classes.ts';
import { matchesLine, type LinePattern } from '../../../src/domain/line-pattern.ts';
import { CHANGE_FLAGS, MUTATIONS } from '../../../src/domain/model-change.ts';
import type { LineName } from '../../../src/domain/names.ts';
import { OWNER_ROLES } from '../../../src/domain/risk-rules.ts';
import { RISK_TIERS } from '../../../src/domain/tiers.ts';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import { EDGES, type Edge } from '../../../src/machine/edges.ts';
import { gateSeats, type GateRule } from '../../../src/machine/gate-rule.ts';
import { lawOf, parseLaw, type Law } from '../../../src/machine/law.ts';
import { policyProblems } from '../../../src/machine/policy-invariants.ts';
import { requestersOf } from '../../../src/machine/requesters.ts';
import { riskOf } from '../../../src/machine/risk.ts';
import type { Bundle } from '../../../src/machine/world.ts';
import { apply } from '../../../src/machine/decide.ts';
import { addBaseline, artifactOf, CHANGE, lockNow, moveTo, requestIt } from '../support/acts.ts';
import { keyOf, lawTree, PEOPLE, type LawChanges, type Person } from '../support/law-files.ts';
import { ON_TO_SIGN_OFF } from '../support/stages.ts';
import { at, bundleAt, done, hour, iterationOf, tryAct } from '../support/world.ts';

/** Hundreds in every run; thousands where somebody asks for them. */
const RUNS = Number(process.env['MODELSMITH_POLICIES'] ?? 200);
const NOW = hour(20);
const GATED = EDGES.filter(({ gates }) => gates.length > 0);

const PERMISSIONS = [
  'exec',
  'network:a.org',
  'network:*',
  'tool:search',
  'tool:*',
  'data:personal',
  'data:x',
].sort();
/** What a request brings so that nothing about it is new, once another like it is with customers. */
const LINEAGE = {
  datasets: [{ name: 'claims', digest: 'a'.repeat(64), jurisdiction: 'EU', personalData: false }],
  training: { system: 'axolotl', run: 'r1', startedAt: at(2), endedAt: at(3), codeCommit: 'c'.repeat(40) },
};
/** One iteration with customers that asked for everything, under a law that lets it. */
const DEPLOYED = done(
  lawTree({ line: { mutations: MUTATIONS, prohibitedPermissions: [], populationCeiling: 50 } }),
  addBaseline(),
  lockNow(),
  requestIt({ change: { ...CHANGE, permissions: PERMISSIONS }, lineage: LINEAGE }),
  ...ON_TO_SIGN_OFF,
  moveTo('customer-deployed', { name: 'kim', role: 'operator', hours: 8 }),
);

const some = <T>(values: readonly T[], least = 0): fc.Arbitrary<T[]> =>
  fc.subarray([...values], { minLength: least });
const NAMED_FLAGS = ['offline-only', 'personal-data', 'modifies-code', 'sensitive-task'] as const;
const leaf = fc.oneof(
  fc.record({ flag: fc.constantFrom(...NAMED_FLAGS) }),
  fc.record({ mutation: fc.constantFrom('data', 'prompt', 'quantization') }),
  fc.record({ permission: fc.constantFrom('tool:*', 'exec', 'network:a.org') }),
  fc.record({ line: fc.constantFrom('*', 'triage', 'tri*', 'other') }),
  fc.record({ licenceTier: fc.constantFrom('A', 'B', 'C') }),
);
const when = fc.letrec<{ node: object }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 2 },
    leaf,
    fc.record({ all: fc.array(tie('node'), { minLength: 1, maxLength: 2 }) }),
    fc.record({ any: fc.array(tie('node'), { minLength: 1, maxLength: 2 }) }),
    fc.record({ not: tie('node') }),
  ),
})).node;
const rule = fc.record(
  {
    when,
    tier: fc.constantFrom(...RISK_TIERS),
    approvals: some(OWNER_ROLES, 1),
    evidence: fc.constant(['attachments/more.md']),
  },
  { requiredKeys: ['when', 'tier'] },
);
const ROLES = [
  ...OWNER_ROLES,
  'operator',
  'team-lead',
  'domain-expert',
  'governance-approver',
  'override',
  'policy-approver',
];
const NAMES = Object.keys(PEOPLE) as (keyof typeof PEOPLE)[];
const person = fc.array(
  fc.record({ role: fc.constantFrom(...ROLES), lines: fc.constantFrom(['*'], ['triage'], ['other*']) }),
  { maxLength: 4 },
);

/** Half of the policies have somebody for everything. */
const OWNERS: { readonly [N in keyof typeof PEOPLE]: readonly string[] } = {
  ...{
    eva: ['software-owner'],
    mia: ['data-owner'],
    kim: ['security-owner'],
    lee: ['release-owner'],
    dana: [],
  },
  ...{ dan: ['ml-manager'], gus: ['evaluation-owner'], gil: ['data-owner'], may: ['security-owner'] },
};

/** Small policies: few people in many roles, few rules, everything that the tool knows to demand. */
const policies: fc.Arbitrary<LawChanges> = fc
  .record({
    tier: fc.constantFrom('A', 'B', 'C'),
    targets: fc.constantFrom([], ['eu']),
    jurisdictions: fc.constantFrom(undefined, ['EU']),
    mutations: some(MUTATIONS, 1),
    prohibited: some(['exec', 'tool:*', 'data:personal*']),
    allowed: fc.option(some(PERMISSIONS), { nil: undefined }),
    readers: some(['kim', 'lee', 'dana']),
    quorum: fc.integer({ min: 1, max: 2 }),
    same: fc.boolean(),
    barred: some(['operator-signoff', 'domain-validation', 'governance-approval']),
    risk: fc.option(fc.array(rule, { maxLength: 3 }), { nil: undefined, freq: 6 }),
    check: fc.constantFrom(undefined, undefined, undefined, undefined, undefined, ...RISK_TIERS),
    staffed: fc.boolean(),
    people: fc.tuple(...NAMES.map(() => person)),
  })
  .map((of) => ({
    line: {
      match: 'triage',
      ...{
        licenceTier: of.tier,
        targets: of.targets,
        jurisdictions: of.jurisdictions,
        mutations: of.mutations,
      },
      ...{ prohibitedPermissions: of.prohibited, permissions: of.allowed, evidenceReaders: of.readers },
      populationCeiling: 50,
    },
    gates: { 'operator-signoff': { quorum: of.quorum }, 'domain-validation': {} },
    separation: {
      productionGates: of.same && of.tier !== 'C' ? 'same-person' : 'distinct',
      requesterBarredFrom: of.tier === 'C' ? [...new Set([...of.barred, 'governance-approval'])] : of.barred,
      reason: 'A small team.',
    },
    policy:
      of.risk === undefined
        ? {}
        : {
            risk: {
              rules: of.risk.map((each, index) => ({ id: `r${index}`, ...each })),
              checks: of.check === undefined ? [] : [{ name: 'scan', from: of.check }],
            },
          },
    people: Object.fromEntries(
      NAMES.map((name, index) => {
        const usual = of.staffed ? [...PEOPLE[name], ...OWNERS[name]] : [];
        const roles = [...usual.map((role) => ({ role, lines: ['*'] })), ...(of.people[index] ?? [])];
        return [
          name,
          { roles: roles.map((grant) => (grant.role === 'override' ? { ...grant, lines: ['*'] } : grant)) },
        ];
      }),
    ),
  }));

/** A request for the next version, as the machine judges it; null where it refuses. */
function asked(
  tree: TreeFolder,
  change: Change,
  by: { readonly name: Person; readonly role: 'pipeline' | 'model-owner' },
  onBehalfOf: string,
  isExample = false,
): Bundle | null {
  const said = CHANGE_FLAGS.filter((flag) => !change.unsaid.includes(flag));
  const build = requestIt(
    {
      principal: by.name,
      key: keyOf(by.name),
      role: by.role,
      onBehalfOf,
      lineage: LINEAGE,
      artifact: artifactOf('other'),
      change: {
        ...CHANGE,
        ...{
          parent: '1.0.0',
          mutation: change.mutation,
          permissions: [...change.permissions].sort(),
          capabilities: [],
        },
        flags: said.map((name) => ({ name, value: change.set.includes(name) })),
      },
    },
    '1.1.0',
    12,
  );
  const { act } = build(tree);
  const found = tryAct(tree, { act, by: { name: by.name, role: by.role, hours: 12 } });
  // What the analysis thinks possible the evidence does not contradict, where nothing asked for is new.
  if (found.kind === 'refused' && isExample && change.permissions.every((each) => PERMISSIONS.includes(each)))
    expect(found.reasons.map(({ code }) => code)).not.toContain('FLAG_CONTRADICTED');
  return found.kind === 'refused' ? null : bundleAt(apply(tree, found.puts), iterationOf('1.1.0'));
}

/** Every way to put people on seats is tried. */
function canFill(law: Law, bundle: Bundle, edge: Edge, lost: string | null = null): boolean {
  const behind = requestersOf(bundle, law) as ReadonlySet<string>;
  const seats = edge.gates
    .flatMap((gate) => gateSeats(law, bundle, gate))
    .flatMap((seat) => Array.from({ length: seat.quorum }, () => seat));
  const mayTake = (id: string, seat: GateRule, taken: readonly (readonly [string, GateRule])[]): boolean =>
    !taken.some(([who, other]) => who === id && (other === seat || seat.distinctFrom.includes(other.gate)));
  const fill = (rest: readonly GateRule[], taken: readonly (readonly [string, GateRule])[]): boolean => {
    const [seat, ...others] = rest;
    if (seat === undefined) return true;
    return law.signers.principals.some(
      ({ id, roles }) =>
        id !== lost &&
        !(seat.requesterBarred && behind.has(id)) &&
        roles.some(
          (grant) =>
            (seat.roles as readonly string[]).includes(grant.role) &&
            grant.lines.some((line) => matchesLine(line, bundle.iteration.line)),
        ) &&
        mayTake(id, seat, taken) &&
        fill(others, [...taken, [id, seat]]),
    );
  };
  // Objects of one seat are one; each seat is made once.
  return fill(seats, []);
}

const comesTo = (law: Law, bundle: Bundle): string => {
  const risk = riskOf(law, bundle);
  return risk === null ? 'null' : `${risk.tier} ${risk.approvals.map(({ role }) => role).join()}`;
};

const changes: fc.Arbitrary<Change> = fc
  .record({
    mutation: fc.constantFrom(...MUTATIONS),
    permissions: fc.oneof(fc.constant([]), some(PERMISSIONS)),
    said: fc.array(fc.constantFrom(true, null, null, false), {
      minLength: CHANGE_FLAGS.length,
      maxLength: CHANGE_FLAGS.length,
    }),
  })
  .map(({ mutation, permissions, said }) => ({
    ...{ mutation, permissions },
    set: CHANGE_FLAGS.filter((_flag, index) => said[index] === true),
    unsaid: CHANGE_FLAGS.filter((_flag, index) => said[index] === null),
  }));

describe('an analysis agrees with the machine, on random policies', () => {
  const seen = { proved: 0, refuted: 0, allowed: 0, examples: 0, stuck: 0, needed: 0 };

  it('about what changes come to, about what gets stuck and whom nothing goes without', () => {
    fc.assert(
      fc.property(
        policies,
        fc.array(changes, { minLength: 8, maxLength: 8 }),
        fc.integer(),
        (changed, tried, seed) => {
          // As text: no two parts are one object, which YAML would say.
          const tree = lawTree(JSON.parse(JSON.stringify(changed)) as LawChanges, DEPLOYED);
          const parsed = parseLaw(tree);
          // Some waive what cannot be waived: they are no policies.
          if (!parsed.ok) return;
          const law = lawOf(tree);
          const { lines, openable } = analyse(law, NOW);
          const found = lines.find(({ of }) => of.line === 'triage');
          if (found === undefined) throw new Error('the line is named');
          expect(found.cases.complete).toBe(true);
          expect(openable.answer).not.toBe('cannot-tell');
          const outcomes = new Map(
            found.cases.outcomes.map((each) => [
              each.tier === null ? 'null' : `${each.tier} ${each.owners.join()}`,
              each,
            ]),
          );
          const owners = law.signers.principals.filter(({ roles }) =>
            roles.some(
              ({ role, lines: of }) => role === 'model-owner' && of.some((each) => each !== 'other*'),
            ),
          );
          const askers = [
            { name: 'ci', role: 'pipeline' },
            ...owners.map(({ id }) => ({ name: id, role: 'model-owner' })),
          ] as never[];
          const asker = askers[Math.abs(seed) % askers.length] as never;
          const behalf = NAMES[Math.abs(seed) % NAMES.length] as string;
          for (const change of tried) {
            const { mutations } = found.of.rule;
            const mutation =
              mutations[MUTATIONS.indexOf(change.mutation) % mutations.length] ?? change.mutation;
            const bundle = asked(tree, { ...change, mutation }, asker, behalf);
            if (bundle === null) continue;
            seen.allowed += 1;
            expect([...outcomes.keys()]).toContain(comesTo(law, bundle));
            for (const edge of GATED) if (!canFill(law, bundle, edge)) expect(found.stuck).not.toBeNull();
          }
          // Each outcome has an example, which the machine lets in and finds to be so.
          const bundles = found.cases.outcomes.slice(0, 4).flatMap((outcome) =>
            askers.slice(0, 2).flatMap((one) =>
              NAMES.slice(0, 3).flatMap((name) => {
                const bundle = asked(tree, outcome.change, one, name, true);
                if (bundle === null) return [];
                seen.examples += 1;
                expect(comesTo(law, bundle)).toBe(
                  outcome.tier === null ? 'null' : `${outcome.tier} ${outcome.owners.join()}`,
                );
                return [bundle];
              }),
            ),
          );
          const { stuck } = found;
          seen[stuck === null ? 'proved' : 'refuted'] += 1;
          if (stuck?.change != null && !stuck.missing.some(({ what }) => what.startsWith('check '))) {
            const { change, edge } = stuck;
            const gate = GATED.find(({ to }) => to === edge.to);
            if (gate !== undefined) {
              let [letIn, isStuck] = [0, false];
              for (const [one, name] of askers.flatMap((each) => NAMES.map((who) => [each, who] as const))) {
                const bundle = asked(tree, change, one, name);
                if (bundle !== null) letIn += 1;
                isStuck = bundle !== null && !canFill(law, bundle, gate);
                if (isStuck) break;
              }
              if (letIn > 0) {
                seen.stuck += 1;
                expect(isStuck).toBe(true);
              }
            }
          }
          if (stuck === null) {
            for (const bundle of bundles)
              for (const edge of GATED) expect(canFill(law, bundle, edge)).toBe(true);
            expect(policyProblems(law, NOW)).toEqual([]);
          }
          for (const [edge, needed] of found.needed ?? [])
            for (const bundle of bundles) {
              if (!canFill(law, bundle, edge)) continue;
              for (const name of NAMES) {
                const known = needed.find((each) => each.person === name);
                if (canFill(law, bundle, edge, name)) expect(known?.always).not.toBe(true);
                else {
                  seen.needed += 1;
                  expect(known).toBeDefined();
                }
              }
            }
        },
      ),
      { numRuns: RUNS },
    );
    // None of what is compared above was left out.
    expect(Object.entries(seen).filter(([, times]) => times <= 20)).toEqual([]);
  }, 600_000);
});

describe('kinds of lines', () => {
  const pattern = fc.stringMatching(/^(?:[ab]{1,3}\*?|\*)$/);
  const names = Array.from({ length: 5 }, (_, length) => length + 1).flatMap((length) =>
    Array.from({ length: 2 ** length }, (_, bits) =>
      bits.toString(2).padStart(length, '0').replaceAll('0', 'a').replaceAll('1', 'b'),
    ),
  );

  it('are all there: every name is matched by exactly the rules and grants that match some line that is looked at', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(pattern, { minLength: 1, maxLength: 4 }),
        fc.uniqueArray(pattern, { maxLength: 3 }),
        (rules, grants) => {
          const base = lawOf(lawTree());
          const [first] = base.policy.lines;
          const [someone] = base.signers.principals;
          if (first === undefined || someone === undefined) throw new Error('there is a law');
          const law: Law = {
            ...base,
            policy: {
              ...base.policy,
              lines: rules.map((match) => ({ ...first, match: match as LinePattern })),
            },
            signers: {
              ...base.signers,
              principals: [
                { ...someone, roles: grants.map((of) => ({ role: 'operator', lines: [of as LinePattern] })) },
              ],
            },
          };
          const vector = (line: string): string =>
            `${rules.findIndex((match) => matchesLine(match as LinePattern, line as LineName))} ${grants.map((of) => matchesLine(of as LinePattern, line as LineName)).join()}`;
          const there = new Set(lineClasses(law).map(({ line }) => vector(line)));
          const wanted = names.map(vector).filter((each) => !each.startsWith('-1'));
          expect([...there]).toEqual(expect.arrayContaining([...new Set(wanted)]));
        },
      ),
      { numRuns: 300 },
    );
  });
});
