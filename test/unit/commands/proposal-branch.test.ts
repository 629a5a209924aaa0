import { expect, test } from 'vitest';
import { isRefName } from '../../../src/adapters/git/refs.ts';
import { proposalBranch } from '../../../src/commands/shared/sharing/publish.ts';

test.each([
  ['dora', 'claims-triage@1.4.0', '91bc04de', 'modelsmith/dora/claims-triage-1.4.0-91bc04de'],
  ['dora', 'claims-triage@1.4.0-rc.1', '91bc04de', 'modelsmith/dora/claims-triage-1.4.0-rc.1-91bc04de'],
  ['a..b', '.x/y~z.lock', 'ff', 'modelsmith/a.b/x-y-z-lock-ff'],
  ['dora.lock', 'x', 'ff', 'modelsmith/dora-lock/x-ff'],
])('what %s decides on %s goes to a branch that git takes', (signer, subject, brief, branch) => {
  expect(proposalBranch({ signer, subject, brief })).toBe(branch);
  expect(isRefName(`refs/heads/${branch}`)).toBe(true);
});
