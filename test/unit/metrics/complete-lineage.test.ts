import { describe, expect, test } from 'vitest';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import {
  addEvidence,
  artifactOf,
  CHANGE,
  evaluateIt,
  exportIt,
  moveTo,
  requestIt,
  type RunSpec,
} from '../support/acts.ts';
import { materialOf, measured, told, type Hours } from '../support/metrics.ts';
import { treeAt } from '../support/stages.ts';
import { at, decision, done } from '../support/world.ts';

const lineage = (tree: TreeFolder, hours: Hours = {}) =>
  told(measured('complete-lineage', materialOf(tree, hours)));

const DATASET = {
  name: 'claims',
  digest: 'a'.repeat(64),
  licence: 'CC0',
  jurisdiction: 'eu',
  personalData: false,
  retention: 'P1Y',
};
const TRAINING = {
  system: 'axolotl',
  run: 'r1',
  startedAt: at(2),
  endedAt: at(3),
  codeCommit: 'c'.repeat(40),
};
const SEEDED: RunSpec = { report: { seeds: [{ name: 'torch', value: '1' }] } };

/** Released in hour 8. */
function released(
  datasets: readonly object[],
  training: object = TRAINING,
  run: RunSpec = SEEDED,
): TreeFolder {
  return done(
    treeAt('locked'),
    requestIt({ lineage: { datasets, training } }),
    addEvidence(),
    evaluateIt(run),
    moveTo('eval-accepted', { name: 'ci', role: 'pipeline', hours: 6 }),
    exportIt(),
    moveTo('artifact-exported', { name: 'ci', role: 'pipeline', hours: 7 }),
    decision('approve', 'operator-signoff', 'kim', 8),
    moveTo('customer-deployed', { name: 'kim', role: 'operator', hours: 8 }),
  );
}

const without = (name: keyof typeof DATASET): object =>
  Object.fromEntries(Object.entries(DATASET).filter(([key]) => key !== name));

describe('complete lineage', () => {
  test('is a release that names everything; personal data may be no', () => {
    expect(lineage(released([DATASET]))).toEqual(['1/1']);
    expect(lineage(released([{ ...DATASET, personalData: true }]))).toEqual(['1/1']);
  });

  const bare = { system: 'axolotl', run: 'r1', startedAt: at(2), endedAt: at(3) };
  test.each([
    ['licence of the data set claims', [without('licence')], TRAINING, SEEDED],
    ['jurisdiction of the data set claims', [without('jurisdiction')], TRAINING, SEEDED],
    ['whether there is personal data of the data set claims', [without('personalData')], TRAINING, SEEDED],
    ['retention of the data set claims', [without('retention')], TRAINING, SEEDED],
    ['any data set', [], TRAINING, SEEDED],
    ['the commit of the training code', [DATASET], bare, SEEDED],
    ['the seeds of the evaluation run-1', [DATASET], TRAINING, {}],
  ] as const)('lacks what is named: %s', (what, datasets, training, run) => {
    expect(lineage(released(datasets, training, run))).toEqual(['0/1', `does not name ${what}`]);
  });

  test('names everything that one release lacks', () => {
    const { named } = measured('complete-lineage', materialOf(treeAt('production-validated')));
    expect(named).toHaveLength(6);
    expect(new Set(named.map(({ about }) => about))).toEqual(new Set(['triage@1.0.0']));
  });

  test('counts releases in the window, and no others', () => {
    expect(lineage(treeAt('artifact-exported'))).toEqual(['0/0']);
    expect(lineage(released([DATASET]), { to: 8 })).toEqual(['0/0']);
    expect(lineage(released([DATASET]), { from: 8, to: 8 + 1 / 3600 })).toEqual(['1/1']);
  });
});

describe('the parent', () => {
  const second = (change: object, hours: number, first: TreeFolder = released([DATASET])): TreeFolder => {
    const fields = {
      change,
      artifact: artifactOf('other'),
      lineage: { datasets: [DATASET], training: TRAINING },
    };
    return done(first, requestIt(fields, '1.1.0', hours));
  };
  /** As if the second had been released like the first: a whole way twice would say no more. */
  const both = (tree: TreeFolder) => {
    const material = materialOf(tree);
    const steps = material.bundles[0]?.record.transitions ?? [];
    const bundles = material.bundles.map((bundle) => ({
      ...bundle,
      record: { ...bundle.record, transitions: steps },
    }));
    return told(measured('complete-lineage', { ...material, bundles }));
  };
  const unnamed = 'does not name the parent it was made from';

  test('has to be named where the line had been released before', () => {
    expect(both(second(CHANGE, 9))).toEqual(['1/2', unnamed]);
    expect(both(second({ ...CHANGE, parent: '1.0.0' }, 9))).toEqual(['2/2']);
  });

  test('need not be named by what was submitted before there was a release', () => {
    expect(both(second(CHANGE, 7.5, released([DATASET])))).toEqual(['2/2']);
  });
});
