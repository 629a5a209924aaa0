import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LinePattern } from '../../../src/domain/line-pattern.ts';
import type { LineName } from '../../../src/domain/names.ts';
import type { Role } from '../../../src/domain/roles.ts';
import { DEFINITIONS } from '../../../src/metrics/definitions.ts';
import { measuresOf, type Measure } from '../../../src/metrics/measures.ts';
import { observe } from '../../../src/metrics/observe.ts';
import type { Observation } from '../../../src/metrics/observation.ts';
import { addEvidence, CARD } from '../support/acts.ts';
import { checkIt } from '../support/checks.ts';
import { materialOf } from '../support/metrics.ts';
import { treeAt } from '../support/stages.ts';
import { decision, done, hour, newestId } from '../support/world.ts';

const ALL = { line: null, role: null };
const LINES = ['claims-eu', 'claims-us', 'triage'] as readonly string[] as readonly LineName[];
const ROLES = ['operator', 'domain-expert', 'checker:scan'] as const satisfies readonly Role[];

const observations: fc.Arbitrary<readonly Observation[]> = fc.array(
  fc
    .record({
      definition: fc.constantFrom(...DEFINITIONS),
      line: fc.constantFrom(null, ...LINES),
      role: fc.constantFrom(null, ...ROLES),
      of: fc.nat(5),
      share: fc.nat(5),
      seconds: fc.nat(100_000),
    })
    .map(({ definition: { name, by, unit }, line, role, of, share, seconds }) => ({
      metric: name,
      line: (by as readonly string[]).includes('line') ? line : null,
      role: (by as readonly string[]).includes('role') ? role : null,
      counted: unit === 'seconds' ? seconds : Math.min(of, share),
      of: unit === 'seconds' ? 1 : of,
      named: share === 0 ? [] : [{ about: 'triage@1.0.0', what: `${share} of ${of}` }],
    })),
  { maxLength: 60 },
);

const sums = (shares: readonly { readonly numerator: number; readonly denominator: number }[]) => ({
  numerator: shares.reduce((sum, { numerator }) => sum + numerator, 0),
  denominator: shares.reduce((sum, { denominator }) => sum + denominator, 0),
});
const pair = ({ numerator, denominator }: Measure) => ({ numerator, denominator });

describe('the parts of a metric', () => {
  test('add up to the whole, and each is there once, sorted', () => {
    fc.assert(
      fc.property(observations, (all) => {
        for (const measure of measuresOf(all, ALL)) {
          expect(sums(measure.parts)).toEqual(pair(measure));
          const keys = measure.parts.map(({ line, role }) => `${line ?? '~'} ${role ?? '~'}`);
          expect(keys).toEqual([...new Set(keys)].sort());
        }
      }),
    );
  });

  test('are what narrowing to their line and role gives', () => {
    fc.assert(
      fc.property(observations, (all) => {
        for (const { name, parts } of measuresOf(all, ALL))
          for (const part of parts) {
            if (part.line === null || part.role === null) continue;
            const line = part.line as string as LinePattern;
            const narrowed = measuresOf(all, { line, role: part.role }).find((each) => each.name === name);
            expect(narrowed).toMatchObject({
              numerator: part.numerator,
              denominator: part.denominator,
              p50: part.p50,
              p90: part.p90,
              parts: [part],
            });
          }
      }),
    );
  });

  test('of lines that a pattern does not match are left out, and of the others none', () => {
    fc.assert(
      fc.property(observations, (all) => {
        const narrowed = measuresOf(all, { line: 'claims-*' as LinePattern, role: null });
        measuresOf(all, ALL).forEach((measure, index) => {
          const by: readonly string[] = DEFINITIONS[index]?.by ?? [];
          const left = measure.parts.filter(
            ({ line }) => !by.includes('line') || line?.startsWith('claims-') === true,
          );
          expect(narrowed[index]?.parts).toEqual(left);
        });
      }),
    );
  });
});

describe('windows beside each other', () => {
  /** Something of everything: objections, a withdrawn approval, checks, documents that grew old, both steps. */
  const rich = () => {
    const law = {
      policy: {
        freshness: { approvalDays: 1, evaluationDays: 1, evidenceDays: 1 },
        risk: { checks: [{ name: 'scan', maxAgeDays: 1 }] },
      },
      bot: ['checker:scan'],
    };
    const tree = done(
      treeAt('artifact-exported', law),
      addEvidence({ 'risk-assessment.md': CARD }, {}, 7.5),
      checkIt(),
      checkIt({ hours: 8 }),
    );
    const objected = done(
      tree,
      decision('approve', 'operator-signoff', 'kim', 9),
      decision('request-changes', 'operator-signoff', 'lee', 10),
    );
    return done(
      objected,
      addEvidence({ 'model-card.md': `${CARD}More.` }, { answers: [newestId(objected)] }, 11),
      decision('approve', 'operator-signoff', 'kim', 12),
      decision('reject', 'operator-signoff', 'lee', 13),
    );
  };
  const trees = [rich(), treeAt('production-validated'), treeAt('deprecated')].map((tree) => ({
    tree,
    commits: {
      valid: [0, 3, 5, 9].map(hour),
      violations: [{ commit: 'c'.repeat(40), time: hour(7), codes: ['UNSIGNED'] }],
    },
  }));
  const within = (index: number, from: number, to: number) => {
    const { tree, commits } = trees[index] ?? { tree: treeAt('law'), commits: { valid: [], violations: [] } };
    return measuresOf(observe(materialOf(tree, { from, to }), commits), ALL);
  };
  const moments = fc.integer({ min: -2 * 3600, max: 60 * 3600 }).map((seconds) => seconds / 3600);

  test('add up to the window over both, except for what is a state at its end', () => {
    fc.assert(
      fc.property(fc.nat(2), fc.tuple(moments, moments, moments), (index, times) => {
        const [from = 0, cut = 0, to = 0] = times.toSorted((a, b) => a - b);
        const [first, second, whole] = [
          within(index, from, cut),
          within(index, cut, to),
          within(index, from, to),
        ];
        whole.forEach((measure, place) => {
          if (measure.name === 'missing-owners') return;
          const halves = [first[place], second[place]].filter((each) => each !== undefined);
          expect(sums(halves), measure.name).toEqual(pair(measure));
          expect(halves.flatMap(({ named }) => named).length, measure.name).toBe(measure.named.length);
        });
      }),
      { numRuns: 200 },
    );
  });

  test('hold something of every metric, or the sums would say nothing', () => {
    const all = [0, 1, 2].map((index) => within(index, -10, 1000));
    for (const { name } of DEFINITIONS)
      expect(
        all.some((measures) => measures.some((each) => each.name === name && each.denominator > 0)),
        name,
      ).toBe(true);
  });
});
