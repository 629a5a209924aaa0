import { describe, expect, it } from 'vitest';
import { CHANGE_FLAGS, type ChangeFlag } from '../../../src/domain/model-change.ts';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import { referencesOf, type References } from '../../../src/machine/references.ts';
import { riskOf } from '../../../src/machine/risk.ts';
import {
  addEvidence,
  artifactOf,
  CHANGE,
  deprecateIt,
  evaluateIt,
  exportIt,
  moveTo,
  requestIt,
} from '../support/acts.ts';
import { pull, reaffirm, taintedIds } from '../support/brakes.ts';
import { keyOf, lawTree, type LawChanges } from '../support/law-files.ts';
import { treeAt } from '../support/stages.ts';
import { bundleAt, decision, done, iterationOf, newestId, refusals, worldOf } from '../support/world.ts';

/** What a change is compared with decides what is new in it, and so whom it has to ask. */

const LAW: LawChanges = {
  line: { prohibitedPermissions: [], populationCeiling: 9 },
  people: { lee: { roles: ['operator', 'team-lead', 'override'].map((role) => ({ role, lines: ['*'] })) } },
};
const ask = (permissions: readonly string[], parent?: string) => ({
  change: { ...CHANGE, permissions, ...(parent !== undefined && { parent }) },
});
const asked = (version: string, permissions: readonly string[], parent: string, hours: number, more = {}) =>
  requestIt({ ...ask(permissions, parent), artifact: artifactOf(version), ...more }, version, hours);

function against(tree: TreeFolder, version: string): References {
  const { iteration, record } = bundleAt(tree, iterationOf(version));
  return referencesOf(worldOf(tree), iteration.line, record.request);
}
const ancestor = (tree: TreeFolder, version: string) =>
  against(tree, version).ancestor?.iteration.version ?? null;

/** Another iteration goes its whole way to customers. */
function deployed(tree: TreeFolder, version: string, hours: number): TreeFolder {
  return done(
    tree,
    addEvidence(undefined, {}, hours, 'ci', 'pipeline', version),
    evaluateIt({ version, hours }),
    moveTo('eval-accepted', { name: 'ci', role: 'pipeline', hours }, {}, version),
    exportIt({}, hours, version),
    moveTo('artifact-exported', { name: 'ci', role: 'pipeline', hours }, {}, version),
    decision('approve', 'operator-signoff', 'kim', hours, {}, 'operator', version),
    moveTo('customer-deployed', { name: 'kim', role: 'operator', hours }, {}, version),
  );
}

/** What the evidence shows of one flag under a law that judges risk. */
function factOf(tree: TreeFolder, version: string, flag: ChangeFlag): string | null {
  const judging = lawTree({ ...LAW, policy: { risk: {} } }, tree);
  const risk = riskOf(worldOf(judging).law, bundleAt(judging, iterationOf(version)));
  return risk?.flags.find((each) => each.flag === flag)?.fact ?? null;
}

describe('what a change is compared with', () => {
  const first = treeAt('customer-deployed', LAW);

  it('is the iteration it was made from, once people let that go to customers', () => {
    const tree = done(first, asked('1.1.0', ['exec'], '1.0.0', 12), asked('1.2.0', ['exec'], '1.1.0', 13));
    expect(ancestor(tree, '1.0.0')).toBeNull();
    expect(ancestor(tree, '1.1.0')).toBe('1.0.0');
    // Nobody approved what 1.1.0 asks for, so it vouches for nothing.
    expect(ancestor(tree, '1.2.0')).toBe('1.0.0');
  });

  it('is none that was taken back before: what it was allowed is asked for anew', () => {
    const request = asked('1.1.0', ['exec'], '1.0.0', 24);
    const retire = deprecateIt({}, { name: 'lee', role: 'team-lead', hours: 20 });
    expect(ancestor(done(first, retire, request), '1.1.0')).toBeNull();
    // What was asked for before is judged as it was.
    const later = deprecateIt({}, { name: 'lee', role: 'team-lead', hours: 30 });
    expect(ancestor(done(first, request, later), '1.1.0')).toBe('1.0.0');
  });

  it('is none that a stolen key had a hand in, until that is vouched for', () => {
    const tree = done(first, asked('1.1.0', [], '1.0.0', 12));
    const theft = {
      act: 'revoke-signer',
      reason: 'stolen',
      keys: [keyOf('ci')],
      as: 'compromised',
      keeps: [],
    };
    const stolen = done(tree, pull(theft, 'lee', 13));
    expect(taintedIds(stolen).length).toBeGreaterThan(0);
    expect(ancestor(stolen, '1.1.0')).toBeNull();
    const vouched = done(stolen, reaffirm(taintedIds(stolen), 'eva', 'evaluation-owner', 14));
    expect(ancestor(vouched, '1.1.0')).toBe('1.0.0');
  });

  it('is none whose release somebody objects to, until that is settled', () => {
    const tree = done(first, asked('1.1.0', [], '1.0.0', 12));
    const contested = done(tree, decision('reject', 'operator-signoff', 'kim', 13));
    expect(ancestor(contested, '1.1.0')).toBeNull();
    const answers = [newestId(contested)];
    const settled = done(contested, decision('approve', 'operator-signoff', 'kim', 14, { answers }));
    expect(ancestor(settled, '1.1.0')).toBe('1.0.0');
  });
});

describe('what served the line when a change was asked for', () => {
  /** 1.0.0 may use a tool; 1.1.0, which takes over from it, may not. */
  const two = deployed(
    done(
      deployed(done(treeAt('locked', LAW), requestIt(ask(['tool:shell']))), '1.0.0', 8),
      asked('1.1.0', [], '1.0.0', 9),
    ),
    '1.1.0',
    10,
  );

  it('is compared with too, whatever parent is named: a permission taken away is new again', () => {
    const tree = done(two, asked('1.2.0', ['tool:shell'], '1.0.0', 12));
    expect(ancestor(tree, '1.2.0')).toBe('1.0.0');
    expect(against(tree, '1.2.0').inService?.iteration.version).toBe('1.1.0');
    const expected = /tool:shell is new against triage@1.1.0, which served when this was asked for/;
    expect(factOf(tree, '1.2.0', 'expands-permissions')).toMatch(expected);
    expect(factOf(tree, '1.2.0', 'new-tools')).toMatch(expected);
    // What neither shows stays as it is.
    expect(factOf(tree, '1.2.0', 'modifies-evaluator')).toBeNull();
  });

  it('refuses a request that denies it', () => {
    const judging = lawTree({ ...LAW, policy: { risk: {} } }, two);
    const denied = (parent: string) => ({
      change: {
        ...ask(['tool:shell'], parent).change,
        flags: [{ name: 'expands-permissions', value: false }],
      },
      artifact: artifactOf('1.2.0'),
    });
    expect(refusals(judging, requestIt(denied('1.0.0'), '1.2.0', 12))).toEqual(['FLAG_CONTRADICTED']);
  });

  it('is nothing more where it is what the change was made from, or where nothing served yet', () => {
    const tree = done(two, asked('1.2.0', [], '1.1.0', 12));
    expect(against(tree, '1.2.0')).toMatchObject({ inService: null });
    expect(against(tree, '1.0.0')).toEqual({ ancestor: null, inService: null });
  });

  it('is what served then: what is deployed later changes nothing', () => {
    const asking = done(two, asked('1.2.0', ['tool:shell'], '1.0.0', 12), asked('1.3.0', [], '1.1.0', 13));
    const later = deployed(asking, '1.3.0', 14);
    expect(against(later, '1.2.0')).toEqual(against(asking, '1.2.0'));
  });

  it('is what is in production where nothing serves', () => {
    const validated = treeAt('production-validated', LAW);
    const second = deployed(done(validated, asked('1.1.0', [], '1.0.0', 12)), '1.1.0', 13);
    const retired = done(
      second,
      deprecateIt({}, { name: 'lee', role: 'team-lead', hours: 20 }, '1.1.0'),
      asked('1.2.0', [], '1.1.0', 24),
    );
    expect(against(retired, '1.2.0')).toMatchObject({
      ancestor: { iteration: { version: '1.0.0' } },
      inService: null,
    });
    expect(
      against(done(retired, requestIt({ artifact: artifactOf('1.3.0') }, '1.3.0', 25)), '1.3.0').inService
        ?.iteration.version,
    ).toBe('1.0.0');
  });
});

describe('another base model', () => {
  const first = treeAt('customer-deployed', LAW);
  const base = {
    name: 'org/base',
    pin: { kind: 'commit', value: 'b'.repeat(40) },
    statedBy: 'adapter-config',
  };
  const on = (changes: object) =>
    done(first, asked('1.1.0', [], '1.0.0', 12, { base: { ...base, ...changes } }));

  it.each([
    [
      { pin: { kind: 'commit', value: 'c'.repeat(40) } },
      /the base org\/base at cccccccccccc is new against triage@1.0.0/,
    ],
    [{ pin: { kind: 'digest', value: 'b'.repeat(64) } }, /is new against/],
    [{ name: 'org/other' }, /the base org\/other at bbbbbbbbbbbb is new against/],
    [{ statedBy: 'submitter' }, null],
  ])('is a change of its own: %j', (changes, expected) => {
    const fact = factOf(on(changes), '1.1.0', 'modifies-base');
    if (expected === null) expect(fact).toBeNull();
    else expect(fact).toMatch(expected);
  });

  it('is no light update: the same adapter on the same base is', () => {
    const offline = { jurisdictions: ['EU'], targets: [] };
    const tierOf = (changes: object) => {
      const change = {
        ...CHANGE,
        parent: '1.0.0',
        flags: CHANGE_FLAGS.map((name) => ({ name, value: name === 'offline-only' })),
      };
      const { record } = bundleAt(first);
      const lineage = {
        datasets: [{ name: 'claims', digest: 'a'.repeat(64), jurisdiction: 'EU', personalData: false }],
        training: { ...record.request.lineage.training, codeCommit: 'c'.repeat(40) },
      };
      const more = { change, lineage, base: { ...base, ...changes } };
      const tree = lawTree(
        { ...LAW, line: { ...LAW.line, ...offline }, policy: { risk: {} } },
        done(first, asked('1.1.0', [], '1.0.0', 12, more)),
      );
      return riskOf(worldOf(tree).law, bundleAt(tree, iterationOf('1.1.0')));
    };
    const same = tierOf({});
    expect(same?.tier).toBe('low');
    expect(tierOf({ name: 'org/other' })?.tier).toBe('standard');
  });

  it('is new where there is nothing to compare with', () => {
    expect(factOf(first, '1.0.0', 'modifies-base')).toMatch(
      /is new: it was made from no iteration that is deployed/,
    );
  });
});
