import { describe, expect, test } from 'vitest';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import { SafeName } from '../../../src/domain/names.ts';
import { whyNotDeployable, whyNotThere } from '../../../src/machine/deployable.ts';
import { overridden } from '../support/changes.ts';
import { EXCEPTING, openIt, requestUsing, sayOf } from '../support/exceptions.ts';
import { keyOf } from '../support/law-files.ts';
import { withTargets } from '../support/receipts.ts';
import { treeAt } from '../support/stages.ts';
import { bundleAt, done, hour, newestId, withdrawal, worldOf } from '../support/world.ts';

const deployed = treeAt('customer-deployed');
const validated = treeAt('production-validated');

const why = (tree: TreeFolder, alias: 'serving' | 'production', hours = 20): readonly string[] =>
  whyNotDeployable(worldOf(tree), bundleAt(tree), alias, hour(hours)).map((reason) =>
    reason.code === 'ALIAS_HELD' ? `${reason.code} ${reason.facts.by}: ${reason.facts.because}` : reason.code,
  );

describe('what may be deployed to a target', () => {
  const world = (stage: 'customer-deployed' | 'production-validated') => {
    const tree = treeAt(stage, withTargets(['batch', 'us']));
    return (where: string) =>
      whyNotThere(worldOf(tree), bundleAt(tree), SafeName.parse(where), hour(20)).map(({ code }) => code);
  };

  test('is what an alias may have that it follows', () => {
    const there = world('customer-deployed');
    expect(there('us')).toEqual([]);
    expect(there('batch')).toEqual(['STATE_OTHER', 'ALIAS_ELSEWHERE']);
    expect(there('serving')).toEqual([]);
    expect(there('production')).toEqual(['STATE_OTHER', 'ALIAS_ELSEWHERE']);
  });

  test('is nothing where the line has no such target', () => {
    expect(world('customer-deployed')('spare')).toEqual(['TARGET_UNKNOWN']);
    expect(world('customer-deployed')('nowhere')).toEqual(['TARGET_UNKNOWN']);
  });
});

describe('what may be deployed for an alias', () => {
  test('is what it points to, where nothing holds it', () => {
    expect(why(deployed, 'serving')).toEqual([]);
    expect(why(validated, 'serving')).toEqual([]);
    expect(why(validated, 'production')).toEqual([]);
  });

  test('is nothing that has not come far enough', () => {
    expect(why(treeAt('artifact-exported'), 'serving')).toEqual(['STATE_OTHER', 'ALIAS_ELSEWHERE']);
    expect(why(deployed, 'production')).toEqual(['STATE_OTHER', 'ALIAS_ELSEWHERE']);
  });

  test('is nothing while the alias is frozen, whatever else is right, and the other alias goes on', () => {
    const frozen = overridden(validated, { act: 'freeze', line: 'triage', alias: 'production' });
    expect(why(frozen, 'production')).toEqual([expect.stringMatching(/^ALIAS_HELD frozen: /)]);
    expect(why(frozen, 'serving')).toEqual([]);
  });

  test('is nothing that a stolen key signed, or somebody objects to', () => {
    const theft = { act: 'revoke-signer', keys: [keyOf('kim')], as: 'compromised' };
    expect(why(overridden(deployed, theft), 'serving')).toEqual([
      `ALIAS_HELD tainted: by the key ${keyOf('kim')}`,
    ]);
    const taken = done(deployed, withdrawal(newestId(deployed), 'operator-signoff', 'kim', 9));
    expect(why(taken, 'serving')).toEqual([expect.stringMatching(/^ALIAS_HELD contested: kim: /)]);
  });

  test('is nothing with a capability that is disabled', () => {
    const disabled = overridden(deployed, { act: 'disable', capability: 'summarise', lines: ['*'] });
    expect(why(disabled, 'serving')).toEqual([expect.stringMatching(/^ALIAS_HELD disabled: /)]);
  });

  test('is nothing whose exception has ended', () => {
    const approved = done(
      treeAt('locked', EXCEPTING),
      openIt(),
      sayOf('approve', 'dan', 'security-owner', 3),
    );
    const used = done(approved, requestUsing());
    expect(why(used, 'serving')).not.toContain('EXCEPTION_ENDED');
    expect(why(used, 'serving', 24 * 60)).toContain('EXCEPTION_ENDED');
  });
});
