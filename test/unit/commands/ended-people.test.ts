import { describe, expect, test } from 'vitest';
import {
  endedPeople,
  endedPeopleAt,
  namingOnlyAble,
} from '../../../src/commands/shared/views/ended-people.ts';
import { explain } from '../../../src/commands/shared/explaining/explain.ts';
import { detailJson, detailText } from '../../../src/commands/status/detail.ts';
import type { Fingerprint } from '../../../src/domain/names.ts';
import { standingOf } from '../../../src/machine/standing.ts';
import { keyOf, lawTree, type Person } from '../support/law-files.ts';
import { treeAt } from '../support/stages.ts';
import { bundleAt, hour, worldOf } from '../support/world.ts';

/** People whose certificates have expired, or are revoked, hold their roles and sign nothing. */

const keysOf = (...names: readonly Person[]) => {
  const keys = new Set<string>(names.map(keyOf));
  return (key: Fingerprint): boolean => keys.has(key);
};

describe('whose certificates have ended', () => {
  test('is who has no other key in use', () => {
    const { law } = worldOf(lawTree());
    expect([...endedPeople(law, keysOf('kim', 'ci'))]).toEqual(['kim', 'ci']);
    const { principals } = law.signers;
    const more = principals.filter(({ id }) => id === 'dan').flatMap(({ keys }) => keys);
    const two = {
      ...law,
      signers: {
        ...law.signers,
        principals: principals.map((each) =>
          each.id === 'kim' ? { ...each, keys: [...each.keys, ...more] } : each,
        ),
      },
    };
    expect([...endedPeople(two, keysOf('kim'))]).toEqual([]);
    expect([...endedPeople(two, keysOf('kim', 'dan'))]).toEqual(['kim', 'dan']);
  });

  test('is asked of the certificates that the tree holds, at the time meant', async () => {
    const world = worldOf(lawTree());
    const asked: number[] = [];
    const ended = await endedPeopleAt(
      {
        ended: (keyring, time) => {
          asked.push(time, keyring.length);
          return Promise.resolve(new Set([keyOf('lee') as Fingerprint]));
        },
      },
      world,
      hour(3),
    );
    expect([...ended]).toEqual(['lee']);
    expect(asked).toEqual([hour(3), world.law.certificates.size]);
  });
});

describe('they are named by nobody as those who can sign', () => {
  const tree = treeAt('artifact-exported');
  const world = worldOf(tree);
  const bundle = bundleAt(tree);
  const sentences = (ended: readonly string[]) =>
    standingOf(world, bundle, hour(12)).blocked.map(
      (why) => explain(namingOnlyAble(why, new Set(ended))).sentence,
    );

  test('in what is refused, or still missing', () => {
    expect(sentences([])).toEqual([
      'operator-signoff: has 0 of 1 (operator, team-lead); kim or lee can sign',
    ]);
    expect(sentences(['kim'])).toEqual(['operator-signoff: has 0 of 1 (operator, team-lead); lee can sign']);
    expect(sentences(['kim', 'lee'])).toEqual([
      'operator-signoff: has 0 of 1 (operator, team-lead); nobody enrolled can sign',
    ]);
  });

  test('in status, which says instead what they need', () => {
    const text = (...ended: readonly string[]): string => {
      const detail = detailJson(world, bundle, hour(12), new Set(ended));
      return detailText(bundle, detail, { columns: 120, color: false }).join('\n');
    };
    expect(text('lee')).toMatch(/lee cannot sign: the certificate has ended +modelsmith signer refresh lee/);
    expect(text('lee')).toMatch(/next: modelsmith approve triage@1.0.0 {3}\(kim\)/);
    expect(text('lee')).not.toContain('can sign: lee');
    expect(text('kim', 'lee')).toContain('nobody left who can sign here');
    expect(text('kim', 'lee')).not.toContain('next: modelsmith approve');
  });
});
