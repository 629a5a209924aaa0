import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exceptionFolder } from '../../../src/domain/paths.ts';
import { withoutFile, type TreeFolder } from '../../../src/domain/tree.ts';
import { artifactOf, deprecateIt, evaluateIt, moveTo, requestIt } from '../support/acts.ts';
import { grants } from '../support/changes.ts';
import { EXCEPTING, newest, openIt, requestUsing, RULES, sayOf, standingAt } from '../support/exceptions.ts';
import type { LawChanges, Person } from '../support/law-files.ts';
import { ON_TO_SIGN_OFF, treeAt } from '../support/stages.ts';
import { at, done, refusals, tryAct, type Signed } from '../support/world.ts';

const DAY = 24;
type Build = (tree: TreeFolder) => Signed;

const locked = treeAt('locked', EXCEPTING);
const approved = done(locked, openIt(), sayOf('approve', 'dan', 'security-owner', 3));
const [ids] = [[newest(approved).exception.id]];
const used = done(approved, requestUsing());
const ready = done(used, ...ON_TO_SIGN_OFF);

/** What somebody may want to do next, in a tree it is possible in. */
const PROBES: readonly (readonly [TreeFolder, (hours: number) => Build])[] = [
  [locked, (hours) => requestIt({ metadata: { contact: 'x' } }, '1.0.0', hours)],
  [approved, (hours) => requestUsing({}, '1.0.0', hours, ids)],
  [used, () => evaluateIt()],
  [used, (hours) => requestUsing({ artifact: artifactOf('b') }, '1.1.0', hours, ids)],
  [ready, (hours) => moveTo('customer-deployed', { name: 'kim', role: 'operator', hours })],
  [ready, (hours) => deprecateIt({}, { name: 'lee', role: 'team-lead', hours })],
];

const word = fc.record({
  act: fc.constantFrom('approve', 'reject'),
  by: fc.constantFrom<readonly [Person, 'security-owner' | 'evaluation-owner']>(
    ['gil', 'security-owner'],
    ['dan', 'security-owner'],
    ['eva', 'evaluation-owner'],
  ),
});

describe('an exception that comes in', () => {
  it('turns no yes into a no, except that a review is overdue', () => {
    const times = fc.integer({ min: 9, max: 20 * DAY });
    const exception = fc.record({
      waives: fc.constantFrom(['code-stated'], ['contact-stated'], ['code-stated', 'contact-stated']),
      versions: fc.constantFrom(undefined, '1.0.0', '2.*'),
      renewed: fc.boolean(),
      words: fc.array(word, { maxLength: 3 }),
    });
    let tried = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...PROBES),
        times,
        exception,
        ([tree, probe], hours, { waives, versions, renewed, words }) => {
          const [renews] = ids;
          const renewal = renewed && tree !== locked && { renews, reliedOn: [renews] };
          const changes = { waives, ...(versions && { versions }), ...renewal, reason: 'another' };
          const open = openIt(changes, 'lee', 'operator', 8.5);
          if (tryAct(tree, open(tree)).kind === 'refused') return;
          const after = words.reduce(
            (before, { act, by: [name, role] }, index) => {
              const said = sayOf(act, name, role, 8.6 + index / 10);
              return newest(before).exception.reason === 'another' && refusals(before, said).length === 0
                ? done(before, said)
                : before;
            },
            done(tree, open),
          );
          if (refusals(tree, probe(hours)).length > 0) return;
          tried += 1;
          expect(refusals(after, probe(hours)).filter((code) => code !== 'EXCEPTION_REVIEW_OVERDUE')).toEqual(
            [],
          );
        },
      ),
      { numRuns: 150 },
    );
    expect(tried).toBeGreaterThan(25);
  });
});

describe('an approval that is not there', () => {
  const roles = ['model-owner', 'evaluation-owner', 'security-owner', 'release-owner'] as const;
  const approvals = { security: ['evaluation-owner', 'release-owner', 'security-owner'] };
  const law: LawChanges = {
    policy: { ...EXCEPTING.policy, exceptions: { ...RULES, approvals } },
    people: Object.fromEntries(['dan', 'gil', 'gus', 'may'].map((name) => [name, { roles: grants(roles) }])),
  };
  const opened = done(treeAt('locked', law), openIt({ expires: at(DAY), reviewDue: at(DAY) }));
  const votes = fc.uniqueArray(
    fc.record({
      name: fc.constantFrom<Person>('dan', 'gil', 'gus', 'may'),
      role: fc.constantFrom('evaluation-owner', 'release-owner', 'security-owner'),
    }),
    { selector: ({ name, role }) => `${name} ${role}`, maxLength: 9 },
  );

  it('never opens an exception that was not open with it, and each role takes a person of its own', () => {
    let seen = 0;
    fc.assert(
      fc.property(votes, fc.nat(8), (all, drop) => {
        const tree = all.reduce(
          (before, { name, role }) => done(before, sayOf('approve', name, role as never, 3)),
          opened,
        );
        const isOpen = (each: TreeFolder): boolean => standingAt(each, 4).blocked.length === 0;
        // By brute force: three distinct people, one for each role.
        const of = (role: string) => all.filter((vote) => vote.role === role).map(({ name }) => name);
        const filled = of('evaluation-owner').some((a) =>
          of('release-owner').some((b) => of('security-owner').some((c) => new Set([a, b, c]).size === 3)),
        );
        expect(isOpen(tree)).toBe(filled);
        const { exception, approvals: words } = newest(tree);
        const gone = words[drop];
        if (gone === undefined) return;
        const path = `${exceptionFolder(exception.line, exception.id)}/approvals/${gone.id}.json`;
        if (filled) seen += 1;
        if (isOpen(withoutFile(tree, path))) expect(filled).toBe(true);
      }),
      { numRuns: 100 },
    );
    expect(seen).toBeGreaterThan(5);
  });
});
