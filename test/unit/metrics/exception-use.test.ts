import { describe, expect, test } from 'vitest';
import { requestIt } from '../support/acts.ts';
import { overridden } from '../support/changes.ts';
import { EXCEPTING, newest, openIt, requestUsing, sayOf } from '../support/exceptions.ts';
import { keyOf } from '../support/law-files.ts';
import { materialOf, measured, told } from '../support/metrics.ts';
import { treeAt } from '../support/stages.ts';
import { at, done } from '../support/world.ts';

const DAY = 24;
const granted = done(treeAt('locked', EXCEPTING), openIt(), sayOf('approve', 'dan', 'security-owner', 3));
const { id } = newest(granted).exception;
const used = done(granted, requestUsing());
const renewed = done(
  used,
  openIt({ renews: id, reliedOn: [id], expires: at(5 + DAY), reviewDue: at(5 + DAY) }, 'lee', 'operator', 5),
);
const uses = (...args: Parameters<typeof materialOf>) => told(measured('exception-use', materialOf(...args)));

describe('exception use', () => {
  test('is a request that names one, among all requests', () => {
    expect(uses(granted)).toEqual(['0/0']);
    expect(uses(used)).toEqual(['1/1', `uses the exception ${id.slice(0, 12)}`]);
    expect(uses(done(treeAt('locked'), requestIt()))).toEqual(['0/1']);
    expect(measured('exception-use', materialOf(used)).parts).toMatchObject([
      { line: 'triage', role: 'pipeline', numerator: 1, denominator: 1 },
    ]);
  });

  test('is a renewal, by who asked for it', () => {
    const what = `renews the exception ${id.slice(0, 12)}, which waives code-stated, contact-stated`;
    expect(uses(renewed, { from: 4.5 })).toEqual(['1/1', what]);
    expect(measured('exception-use', materialOf(renewed)).parts).toMatchObject([
      { role: 'operator', numerator: 1, denominator: 1 },
      { role: 'pipeline', numerator: 1, denominator: 1 },
    ]);
  });

  test('is dated by the signature, and never a thief’s', () => {
    expect(uses(renewed, { to: 4 })).toEqual(['0/0']);
    expect(uses(renewed, { from: 4, to: 5 })[0]).toBe('1/1');
    const stolen = overridden(renewed, { act: 'revoke-signer', keys: [keyOf('lee')], as: 'compromised' });
    expect(uses(stolen)[0]).toBe('1/1');
  });
});
