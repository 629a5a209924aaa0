import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { manual } from '../../../src/commands/manual.ts';
import { VERBS } from '../../../src/commands/verbs.ts';

const hasGroff = spawnSync('groff', ['--version']).status === 0;
if (!hasGroff) console.warn('skipped: groff is not installed');

const COMMANDS = await Promise.all(VERBS.map((verb) => verb.load()));

describe('the man page', () => {
  const page = manual(COMMANDS);

  it('is what the commands say of themselves (npm run schemas writes it again)', () => {
    expect(readFileSync(new URL('../../../docs/modelsmith.1', import.meta.url), 'utf8')).toBe(page);
  });

  it.skipIf(!hasGroff)(
    'reads without a warning, with every command, option and example as it is typed',
    () => {
      const { stdout, stderr } = spawnSync('groff', ['-man', '-Tutf8', '-Kutf8', '-ww', '-rLL=250n'], {
        input: page,
        env: { ...process.env, GROFF_NO_SGR: '1' },
      });
      expect(stderr.toString()).toBe('');
      const shown = stdout
        .toString()
        // eslint-disable-next-line no-control-regex
        .replace(/.\u0008/gu, '');
      for (const { name, options, examples } of COMMANDS) {
        expect(shown).toContain(`modelsmith ${name}`);
        for (const { flags } of options) expect(shown).toContain(flags);
        for (const example of examples) expect(shown).toContain(example);
      }
    },
  );
});

describe('every command', () => {
  it.each(COMMANDS.map((command) => [command.name, command] as const))(
    '%s has an example of itself, with options it has',
    (name, { examples, options }) => {
      expect(examples.length).toBeGreaterThan(0);
      const known = options.map(({ flags }) => /--[a-z-]+/.exec(flags)?.[0]);
      const common = ['--json', '--root', '--dry-run', '--role', '--branch', '--as', '--key-file', '--state'];
      const lines = examples.join('\n');
      expect(lines).toMatch(new RegExp(`(^|[ |])modelsmith ${name}( |$)`, 'm'));
      for (const [line, rest = ''] of lines.replaceAll('\\\n', '').matchAll(/modelsmith (.*)/g))
        for (const [, option = ''] of rest.matchAll(/ (--[a-z-]+)/g))
          if (rest.startsWith(name)) expect([...known, ...common], line).toContain(option);
    },
  );
});
