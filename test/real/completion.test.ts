import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lacking, modelsmith, MODELSMITH, succeed } from './support/command.ts';
import { sandbox, type Sandbox } from './support/sandbox.ts';

const CHANGE = 'c'.repeat(64);
const HOSTILE = ['$(touch x)', '`touch x`', 'a;touch x', '--help'];

let box: Sandbox;
let folder: string;
let script: Readonly<Record<'bash' | 'zsh' | 'fish', string>>;

beforeAll(() => {
  box = sandbox();
  folder = join(box.root, 'evidence');
  const put = (path: string): unknown => mkdirSync(join(folder, path), { recursive: true });
  box.write(join(folder, 'modelsmith.yaml'), 'x\n');
  put('promotions/claims-triage/1.0.0');
  put('promotions/claims-triage/1.1.0-rc.1');
  put('locks/fraud');
  put(`changes/${CHANGE}`);
  for (const name of HOSTILE) {
    put(`promotions/${name}/1.0.0`);
    put(`promotions/claims-triage/${name}`);
    put(`locks/${name}`);
    put(`changes/${name}`);
    put(`work/${name}`);
  }
  const ids = ['kim', 'trainer', ...HOSTILE].map((id) => `  - id: '${id}'\n`);
  box.write(join(folder, 'policy/signers.yaml'), `principals:\n${ids.join('')}`);
  const [node, bin] = MODELSMITH;
  box.write(join(box.root, 'bin/modelsmith'), `#!/bin/sh\nexec "${node}" "${bin}" "$@"\n`, 0o755);
  box.env['PATH'] = `${join(box.root, 'bin')}:${String(box.env['PATH'])}`;
  const where = { env: box.env, cwd: box.home };
  const written = (shell: string): string =>
    box.write(join(box.root, `modelsmith.${shell}`), succeed(where, ['completion', shell]));
  script = { bash: written('bash'), zsh: written('zsh'), fish: written('fish') };
});
afterAll(() => box.dispose());

const names = (kind: string, cwd = folder): readonly string[] =>
  succeed({ env: box.env, cwd }, ['complete', kind]).split('\n').slice(0, -1);

/** Nothing that a folder is called was run. */
function nothingTouched(): void {
  for (const place of [folder, join(folder, 'work'), box.home]) expect(readdirSync(place)).not.toContain('x');
}

describe('complete', () => {
  it('lists what is checked out here, from any folder below, and nothing that is no name', () => {
    expect(names('iterations')).toEqual(['claims-triage@1.0.0', 'claims-triage@1.1.0-rc.1']);
    expect(names('iterations', join(folder, 'policy'))).toHaveLength(2);
    expect(names('lines')).toEqual(['claims-triage', 'fraud']);
    expect(names('principals')).toEqual(['kim', 'trainer']);
    expect(names('changes')).toEqual([CHANGE]);
    expect(names('overrides')).toEqual([]);
    expect(names('iterations', box.home)).toEqual([]);
  });

  it('needs no git, no key and no trust root, and loads next to nothing', () => {
    const packages = new Set<string>();
    const seen = new Set<string>();
    const follow = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      const text = readFileSync(file, 'utf8');
      for (const [, name = ''] of text.matchAll(/^\/\/ node_modules\/((?:@[^/]+\/)?[^/\n]+)/gm))
        packages.add(name);
      for (const [, from = ''] of text.matchAll(/^(?:import|\}) [^;\n]*?from ['"]([^'"]+)['"];/gm))
        if (from.startsWith('.')) follow(join(dirname(file), from));
        else if (!isBuiltin(from)) packages.add(from);
    };
    follow(fileURLToPath(new URL('../../dist/complete.js', import.meta.url)));
    expect(seen.size).toBeGreaterThan(1);
    expect([...packages]).toEqual(['zod']);
  });

  it('ends with 64 for what it does not list', () => {
    const { code, stdout } = modelsmith({ env: box.env, cwd: folder }, ['complete', 'secrets']);
    expect([code, stdout]).toEqual([64, '']);
  });
});

/** What bash would offer, asked as bash asks. */
function offered(line: string, cwd = folder): readonly string[] {
  const asked = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _modelsmith; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const words = line.split(' ');
  const { stdout, stderr } = spawnSync('bash', ['-c', asked, 'bash', script.bash, ...words], {
    cwd,
    env: box.env,
  });
  expect(stderr.toString()).toBe('');
  return stdout.toString().split('\n').slice(0, -1);
}

describe('the script for bash', () => {
  it.each([
    ['modelsmith sta', ['status']],
    [
      'modelsmith policy ',
      ['list', 'show', 'check', 'explain', 'what-if', 'propose', 'approve', 'reject', 'withdraw'],
    ],
    ['modelsmith help si', ['signatures', 'signer']],
    ['modelsmith status claims-triage@1.1', ['claims-triage@1.1.0-rc.1']],
    ['modelsmith lock ', ['claims-triage', 'fraud']],
    ['modelsmith signer grant k', ['kim']],
    ['modelsmith signer grant kim --role op', ['operator']],
    ['modelsmith approve claims-triage@1.0.0 --gate d', ['domain-validation']],
    ['modelsmith approve claims-triage@1.0.0 --as t', ['trainer']],
    ['modelsmith override freeze claims-triage p', ['production']],
    ['modelsmith policy approve c', [CHANGE]],
    ['modelsmith drill l', ['list']],
    ['modelsmith drill freeze s', ['stop-candidates', 'suspend-signer']],
    ['modelsmith drill --self', ['--selftest']],
    ['modelsmith doctor --si', ['--sign']],
    ['modelsmith metrics --format ', ['text', 'json', 'prometheus', 'csv']],
    ['modelsmith verify --format j', ['json', 'junit']],
    ['modelsmith submit claims-triage@1.1.0 --confidential ', ['seal', 'outside']],
    ['modelsmith approve claims-triage@1.0.0 --push d', ['direct']],
    ['modelsmith nonsense ', ['']],
  ])('after "%s" offers %j', (line, expected) => {
    expect(offered(line)).toEqual(expected);
  });

  it('looks into the repository that -C names, and takes nothing for a place that belongs to an option', () => {
    expect(offered(`modelsmith status -C ${folder} claims-triage@1.0`, box.home)).toEqual([
      'claims-triage@1.0.0',
    ]);
    expect(offered('modelsmith signer grant --reason because k')).toEqual(['kim']);
    expect(offered('modelsmith policy check ')).toEqual(['']);
  });

  it('offers no hostile name, and runs none', () => {
    for (const line of [
      'status ',
      'lock ',
      'policy show ',
      'signer grant ',
      'status $',
      'status `',
      'status a;',
    ])
      expect(
        offered(`modelsmith ${line}`).filter((name) => HOSTILE.some((evil) => name.includes(evil))),
      ).toEqual([]);
    nothingTouched();
  });
});

/** Types into an interactive shell and waits for the screen to hold something. */
async function typed(
  argv: readonly string[],
  keys: readonly (readonly string[])[],
  until: RegExp,
  cwd = folder,
): Promise<string> {
  const socket = join(box.root, `c${Math.random().toString(36).slice(2)}`);
  const config = join(box.root, 'completion.conf');
  writeFileSync(config, 'set -g status off\n');
  const tmux = (...words: readonly string[]): string =>
    execFileSync('tmux', ['-u', '-f', config, '-S', socket, ...words], {
      cwd,
      env: { ...box.env, LC_ALL: 'C.UTF-8', TERM: 'screen', XDG_CONFIG_HOME: join(box.home, 'config') },
      encoding: 'utf8',
    });
  tmux('new-session', '-d', '-x', '120', '-y', '24', '--', ...argv);
  const deadline = Date.now() + 60_000;
  try {
    for (const key of keys) {
      tmux('send-keys', ...key);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    for (;;) {
      const screen = tmux('capture-pane', '-p', '-J');
      if (until.test(screen)) return screen;
      if (Date.now() > deadline) throw new Error(`not what was awaited:\n${screen}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } finally {
    tmux('kill-server');
  }
}

const ENTER = ['Enter'] as const;
const TAB = ['Tab'] as const;
const text = (words: string): readonly string[] => ['-l', words];

describe.skipIf(lacking('tmux'))('in an interactive shell', () => {
  const start = {
    bash: () =>
      [
        ['bash', '--noprofile', '--norc'],
        [text(`PS1='> '; clear; source ${script.bash}`), ENTER],
      ] as const,
    zsh: () =>
      [
        ['zsh', '-f'],
        [text(`autoload -Uz compinit; compinit -u -D; PS1='> '; clear; source ${script.zsh}`), ENTER],
      ] as const,
    fish: () =>
      [
        ['fish', '--no-config'],
        [text(`function fish_prompt; echo '> '; end; clear; source ${script.fish}`), ENTER],
      ] as const,
  };

  for (const shell of ['bash', 'zsh', 'fish'] as const)
    it.skipIf(lacking(shell))(`${shell} completes an iteration, a person and a role at Tab`, async () => {
      const [argv, setup] = start[shell]();
      const after = (words: string, until: RegExp): Promise<string> =>
        typed(argv, [...setup, text(words), TAB], until);
      await after('modelsmith status claims-triage@1.0', /modelsmith status claims-triage@1\.0\.0/);
      await after('modelsmith signer grant ki', /signer grant kim/);
      await after('modelsmith signer grant kim --role oper', /--role operator/);
    });

  for (const shell of ['bash', 'zsh', 'fish'] as const)
    it.skipIf(lacking(shell))(`${shell} quotes the name of a hostile folder`, async () => {
      const [argv, setup] = start[shell]();
      const keys = [...setup, text('modelsmith policy check \\$'), TAB, ENTER, text('echo over'), ENTER];
      await typed(argv, keys, /cannot tell[^]*^over$/m, join(folder, 'work'));
      nothingTouched();
    });

  it.skipIf(lacking('zsh'))('zsh completes from a folder of fpath at the first Tab', async () => {
    box.write(join(box.home, '.zfunc/_modelsmith'), readFileSync(script.zsh));
    const setup = `fpath=(~/.zfunc $fpath); autoload -Uz compinit; compinit -u -D; PS1='> '; clear`;
    const keys = [text(setup), ENTER, text('modelsmith status claims-triage@1.0'), TAB];
    await typed(['zsh', '-f'], keys, /modelsmith status claims-triage@1\.0\.0/);
  });
});
