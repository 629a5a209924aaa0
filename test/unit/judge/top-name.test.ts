import { describe, expect, test } from 'vitest';
import { takenFor } from '../../../src/judge/top-name.ts';
import { GOVERNED_NAMES } from '../../../src/domain/paths.ts';

describe('a name at the top', () => {
  test.each([
    ['another case', 'Policy', 'policy'],
    ['a trailing dot and blank', 'overrides. ', 'overrides'],
    ['a joiner that HFS+ ignores', 'loc\u200dks', 'locks'],
    ['a variation selector', 'locks\ufe0f', 'locks'],
    ['a byte order mark', '\ufeffpromotions', 'promotions'],
    ['full-width letters', '\uff50olicy', 'policy'],
    ['a long s', 'lock\u017f', 'locks'],
    ['an i without a dot', 'pol\u0131cy', 'policy'],
    ['a short name', 'PROMOT~1', 'promotions'],
    ['a short name of a name that is short', 'LOCKS~1', 'locks'],
    ['a short name with an extension', 'models~1.yam', 'modelsmith.yaml'],
    ['the short name of git’s folder', 'GIT~1', '.git'],
    ['a short name with a hash', 'OV1A2F~1', 'overrides'],
    ['a short name with a higher number', 'PROMO~12', 'promotions'],
    ['a short name with a full-width tilde', 'PROMOT\uff5e1', 'promotions'],
    ['a stream', 'overrides:x', 'overrides'],
    ['a stream that is the folder', 'policy::$INDEX_ALLOCATION', 'policy'],
    ['a stream of a short name', 'PROMOT~1:x:$DATA', 'promotions'],
    ['a drive', 'C:policy', 'policy'],
    ['backslashes', 'policy\\policy.yaml', 'policy'],
    ['backslashes from here', '.\\policy\\policy.yaml', 'policy'],
    ['git’s folder in capitals', '.GIT', '.git'],
    ['git’s folder with a joiner', '.g\u200cit', '.git'],
    ['git’s folder as a stream', '.git::$INDEX_ALLOCATION', '.git'],
  ])('with %s is taken for another', (_what, name, taken) => {
    expect(takenFor(name)).toBe(taken);
  });

  test.each([
    ...GOVERNED_NAMES,
    ...[
      'src',
      'README.md',
      '.gitignore',
      '.gitattributes',
      '.github',
      'policies',
      'notes~',
      'PROMPT~1',
      'P~1',
    ],
    ...[
      'modelsmith.yaml.bak',
      'MODELS~1.TXT',
      'PROMOT~1.TXT',
      'a:policy.txt',
      'docs\\policy',
      'locks~x',
      'ÜBER~1',
    ],
    ...['unlocks', 'a~1', 'CHECKS~1', 'overrides2'],
  ])('%s is itself', (name) => {
    expect(takenFor(name)).toBe(null);
  });
});
