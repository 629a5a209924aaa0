import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { succeed, type Where } from './command.ts';
import { sandbox, type Sandbox } from './sandbox.ts';

export interface Step {
  readonly title: string;
  readonly command: string;
  readonly exit: number;
  readonly expected: number;
}

/** A demonstration played for tests: its repository is a real one with a whole story and everybody's key in it. */
export interface Demo {
  readonly box: Sandbox;
  readonly folder: string;
  readonly evidence: string;
  readonly root: string;
  readonly steps: readonly Step[];
  /** In the repository, with the root known. */
  readonly where: Where;
  /** Key file of somebody in the story. */
  key(id: string): string;
  /** The one commit of the story whose message starts so. */
  commit(start: string): string;
}

export function playDemo(): Demo {
  const box = sandbox();
  const folder = join(box.root, 'demo');
  const evidence = join(folder, 'evidence');
  const printed = toldIn(box, folder);
  const { root, steps } = JSON.parse(printed) as Pick<Demo, 'root' | 'steps'>;
  return {
    box,
    folder,
    evidence,
    root,
    steps,
    where: { env: { ...box.env, MODELSMITH_ROOT: root }, cwd: evidence },
    key: (id) => join(folder, `people/${id}.key.asc`),
    commit: (start) => {
      const [id = '', ...others] = box
        .git(evidence, ['log', '--format=%H %s', 'main'])
        .split('\n')
        .filter((line) => line.slice(41).startsWith(start))
        .map((line) => line.slice(0, 40));
      if (id === '' || others.length > 0) throw new Error(`not one commit starts with ${start}`);
      return id;
    },
  };
}

const AS_IT_IS = { recursive: true, verbatimSymlinks: true };

/** Puts the story into a folder: the one that another test file of this run has played, or a new one. @returns what was printed. */
function toldIn(box: Sandbox, folder: string): string {
  const known = join(inject('shared'), 'demo');
  const printed = join(inject('shared'), 'demo.json');
  if (existsSync(printed)) {
    cpSync(known, folder, AS_IT_IS);
    return readFileSync(printed, 'utf8');
  }
  const said = succeed({ env: box.env, cwd: box.root }, ['demo', folder, '--json']);
  // Whoever makes the folder keeps the story; whoever comes at the same time has one of his own.
  if (mkdirSync(known, { recursive: true }) !== undefined) {
    cpSync(folder, known, AS_IT_IS);
    writeFileSync(`${printed}.part`, said);
    renameSync(`${printed}.part`, printed);
  }
  return said;
}

/** Public keys of the policy, as files. */
export function publicKeys({ evidence }: Pick<Demo, 'evidence'>): readonly string[] {
  const folder = join(evidence, 'policy/keys');
  return readdirSync(folder).map((name) => join(folder, name));
}

/** Every file below a folder with its content, to see whether anything was touched. */
export function everyFile(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  return new Map(
    files.map((file) => {
      const path = join(file.parentPath, file.name);
      return [path, readFileSync(path, 'base64')];
    }),
  );
}
