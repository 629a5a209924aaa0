import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CannotTell } from '../../src/base/errors.ts';
import { VERBS } from '../../src/commands/verbs.ts';

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const section = (title: string): string => README.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';

/** What a newcomer reads first is held against what there is. */
describe('the README', () => {
  it('lists every command and no other', () => {
    const rows = section('Commands')
      .split('\n')
      .filter((line) => line.startsWith('|'));
    const listed = [...rows.join('\n').matchAll(/`([a-z][a-z -]*)`/g)].map(([, name]) => name);
    expect(listed.sort()).toEqual([...VERBS.map(({ name }) => name), 'demo'].sort());
  });

  it('uses no option that a command does not have', async () => {
    const known = await Promise.all(VERBS.map((verb) => verb.load()));
    const commands = README.replaceAll('\\\n', ' ').matchAll(
      /modelsmith ((?:policy |signer )?[a-z-]+(?: add)?)((?: [^`\n#]+)?)/g,
    );
    const used = [...commands].flatMap(([, name = '', rest = '']) =>
      [...rest.matchAll(/ (--[a-z-]+)/g)].map(([, option = '']) => ({ name, option })),
    );
    expect(used.length).toBeGreaterThan(8);
    for (const { name, option } of used) {
      const verb = known.find((command) => command.name === name);
      const common = ['--help', '--json', ...(verb?.reads === true ? ['--root'] : [])];
      const own = verb?.options.map(({ flags }) => flags.split(' ')[0] ?? '') ?? [];
      expect([...common, ...own], `modelsmith ${name} ${option}`).toContain(option);
    }
  });

  it('links to files that are there', () => {
    const links = [...README.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path = '']) => path);
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter((path) => !existsSync(new URL(`../../${path}`, import.meta.url)))).toEqual([]);
  });

  it('knows the exit codes', () => {
    const named = {
      BAD_DATA: 'bad data',
      NO_INPUT: 'no input',
      NO_SIGNER: 'no signing key',
      TOOL_MISSING: 'tool missing',
      SYSTEM: 'system',
      NO_REPOSITORY: 'no repository',
      CANNOT_CREATE: 'cannot create',
      IO_FAILED: 'input/output',
      RACE_LOST: 'race lost',
      OBJECT_MISSING: 'object missing (shallow clone)',
      NOT_PERMITTED: 'not permitted (or broken off)',
      NO_TRUST_ROOT: 'no trust root',
    } as const;
    for (const code of Object.keys(named) as (keyof typeof named)[])
      expect(section('Exit codes')).toContain(`${named[code]} ${new CannotTell(code, '').exitCode}`);
  });
});
