import { expect, test } from 'vitest';
import { pullRequestLink } from '../../../src/commands/shared/sharing/pull-request-link.ts';

const from = 'modelsmith/dora/claims-triage-1.4.0-91bc04de';
const link = (address: string): string | null => pullRequestLink(address, { from, into: 'main' });

test.each([
  [
    'https://github.com/acme/evidence.git',
    `https://github.com/acme/evidence/compare/main...${from}?expand=1`,
  ],
  ['git@github.com:acme/evidence.git', `https://github.com/acme/evidence/compare/main...${from}?expand=1`],
  [
    'https://ana:token@github.acme.example/x/y',
    `https://github.acme.example/x/y/compare/main...${from}?expand=1`,
  ],
  [
    'ssh://git@gitlab.acme.example:2222/group/sub/evidence.git',
    `https://gitlab.acme.example/group/sub/evidence/-/merge_requests/new?merge_request%5Bsource_branch%5D=${encodeURIComponent(from)}&merge_request%5Btarget_branch%5D=main`,
  ],
  ['https://codeberg.org/acme/evidence', `https://codeberg.org/acme/evidence/compare/main...${from}`],
  ['https://gitea.example:3000/a/b.git', `https://gitea.example:3000/a/b/compare/main...${from}`],
  [
    'git@bitbucket.org:acme/evidence.git',
    `https://bitbucket.org/acme/evidence/pull-requests/new?source=${encodeURIComponent(from)}&dest=main`,
  ],
  [
    'git@ssh.dev.azure.com:v3/acme/models/evidence',
    `https://dev.azure.com/acme/models/_git/evidence/pullrequestcreate?sourceRef=${encodeURIComponent(from)}&targetRef=main`,
  ],
  [
    'https://acme@dev.azure.com/acme/models/_git/evidence',
    `https://dev.azure.com/acme/models/_git/evidence/pullrequestcreate?sourceRef=${encodeURIComponent(from)}&targetRef=main`,
  ],
])('from %s a pull request is opened at %s', (address, expected) => {
  expect(link(address)).toBe(expected);
});

test.each([
  '/srv/github.git',
  'https://notgithub.example/a/b',
  'git@host:a',
  'ext::x',
  'http://localhost/github',
])('%s is no host that is known', (address) => {
  expect(link(address)).toBeNull();
});

test('a branch with characters that mean something in an address is spelled', () => {
  expect(pullRequestLink('https://github.com/a/b', { from: 'x/#1', into: 'ma?in' })).toBe(
    'https://github.com/a/b/compare/ma%3Fin...x/%231?expand=1',
  );
});
