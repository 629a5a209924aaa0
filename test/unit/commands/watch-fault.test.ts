import { describe, expect, test } from 'vitest';
import { CannotTell, type CannotTellCode } from '../../../src/base/errors.ts';
import { faultOf, type Fault } from '../../../src/commands/watch/fault.ts';
import type { Reason, ReasonCode } from '../../../src/domain/reason.ts';

const OWN = ['/keys/trainer.pub', '/srv/exports', 'https://registry.example.org/v2/exports/claims'];

describe('whose matter it is that a candidate was not submitted', () => {
  const errors: readonly [CannotTellCode, string | null, Fault][] = [
    ['BAD_DATA', null, 'candidate'],
    ['NO_INPUT', '/tmp/taken/submission/metadata.yaml', 'candidate'],
    ['USAGE', null, 'candidate'],
    ['NO_INPUT', '/keys/trainer.pub', 'watcher'],
    ['BAD_DATA', '/keys/trainer.pub', 'watcher'],
    ['BAD_DATA', '/keys/trainer.pub.old', 'candidate'],
    ['BAD_DATA', '/srv/exports/oci-layout', 'watcher'],
    ['BAD_DATA', '/srv/exports-of-others/oci-layout', 'candidate'],
    ['BAD_DATA', 'https://registry.example.org/v2/exports/claims/manifests/x', 'watcher'],
    ['NO_SIGNER', null, 'watcher'],
    ['NO_TRUST_ROOT', null, 'watcher'],
    ['TOOL_MISSING', null, 'watcher'],
    ['UNREACHABLE', '/srv/exports', 'elsewhere'],
    ['NOT_PERMITTED', null, 'elsewhere'],
    ['RACE_LOST', null, 'elsewhere'],
    // One candidate that is too large keeps no other back.
    ['CANNOT_CREATE', null, 'elsewhere'],
    ['IO_FAILED', null, 'elsewhere'],
  ];
  test.each(errors)('%s at %s: %s', (code, file, fault) => {
    const error = new CannotTell(code, 'no', file === null ? {} : { place: { file } });
    expect(faultOf({ kind: 'cannot tell', error, own: OWN })).toBe(fault);
  });

  const refusals: readonly [readonly ReasonCode[], Fault][] = [
    [['ARTIFACT_REFUSED'], 'ground'],
    [['EVAL_UNSCORABLE'], 'ground'],
    [['MUTATION_NOT_ALLOWED', 'TRAINING_BEFORE_LOCK'], 'ground'],
    [['LOCK_STRENGTH_LOW'], 'ground'],
    [['CAPABILITY_DISABLED'], 'ground'],
    [['ROLE_NOT_HELD'], 'watcher'],
    [['KEY_ENDED'], 'watcher'],
    [['ON_BEHALF_OF_UNKNOWN'], 'watcher'],
    [['MUTATION_NOT_ALLOWED', 'ROLE_NOT_HELD'], 'watcher'],
    [['POPULATION_CEILING'], 'elsewhere'],
    [['CANDIDATES_STOPPED', 'MUTATION_NOT_ALLOWED'], 'elsewhere'],
  ];
  test.each(refusals)('refused with %s: %s', (codes, fault) => {
    const reasons = codes.map((code) => ({ code, facts: {} }) as Reason);
    expect(faultOf({ kind: 'refused', reasons })).toBe(fault);
  });
});
