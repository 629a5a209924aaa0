import { join } from 'node:path';
import { armored, packetIn } from '../real/support/packet-bytes.ts';
import { at, forgedSignature } from '../real/support/keys.ts';
import type { Sandbox } from '../real/support/sandbox.ts';
import { SIGNED, type Crew } from './crew.ts';
import { fewAtATime, runGpg } from './gpg-process.ts';
import type { Desk } from './scenario.ts';
import { planned } from './scenarios.ts';

const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
const PERSON = `Somebody <somebody@example.org> ${SIGNED} +0000`;

export interface Made {
  readonly scenario: string;
  readonly commit: Buffer;
}

/** Commits of every scenario. @param seed of what is left to chance. */
export async function makeCommits(crew: Crew, commits: number, seed: number): Promise<readonly Made[]> {
  const desk = deskOf(crew, seed);
  return await fewAtATime(planned(commits), async ({ scenario, round }) => ({
    scenario: scenario.name,
    commit: await scenario.make(desk, round),
  }));
}

function deskOf(crew: Crew, seed: number): Desk {
  let number = 0;
  let state = seed;
  const { box } = crew;
  return {
    crew,
    payload: (message = `Number ${(number += 1)}`) =>
      Buffer.from(`tree ${EMPTY_TREE}\nauthor ${PERSON}\ncommitter ${PERSON}\n\n${message}\n`),
    async gpg(member, payload, time = SIGNED, more = []) {
      const asked = [...at(time), '--batch', '--pinentry-mode=loopback', '--passphrase='];
      const how = more.includes('--no-detach') ? ['--sign'] : ['--detach-sign'];
      const options = more.filter((word) => word !== '--no-detach');
      const who = ['-u', crew.fingerprint(member)];
      const { out, errors } = await runGpg(
        box.env,
        [...asked, ...who, ...options, '--armor', ...how],
        payload,
      );
      if (!out.includes('-----END')) throw new Error(`gpg did not sign for ${member}: ${errors}`);
      return out;
    },
    forged: async (member, payload, time = SIGNED, part = 0) =>
      armored(packetIn(await forgedSignature(crew.secret(member), payload, time, part))),
    random(below) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0; // Numerical Recipes' generator; its high bits are the good ones
      return Math.floor((state / 2 ** 32) * below);
    },
  };
}

/** Puts the commits into a repository, whatever they look like, and makes all of them reachable from its branch. */
export function store(
  box: Sandbox,
  name: string,
  made: readonly Made[],
): { directory: string; ids: readonly string[] } {
  const directory = box.repository(name);
  box.git(directory, ['mktree'], '');
  const written = (commits: readonly (string | Buffer)[], from: number): readonly string[] => {
    const paths = commits.map((commit, index) =>
      box.write(join(box.root, `${name}-objects`, String(from + index)), commit),
    );
    return box
      .git(directory, ['hash-object', '-t', 'commit', '-w', '--literally', '--stdin-paths'], paths.join('\n'))
      .split('\n');
  };
  const ids = written(
    made.map(({ commit }) => commit),
    0,
  );
  let tip: string | null = null;
  for (let at = 0; at < ids.length; at += PARENTS) {
    const parents: readonly string[] = [...(tip === null ? [] : [tip]), ...ids.slice(at, at + PARENTS)];
    const lines = [
      `tree ${EMPTY_TREE}`,
      ...parents.map((id) => `parent ${id}`),
      `author ${PERSON}`,
      `committer ${PERSON}`,
    ];
    [tip = ''] = written([`${lines.join('\n')}\n\nAll of these\n`], ids.length + at);
  }
  box.git(directory, ['update-ref', 'refs/heads/main', tip ?? '']);
  return { directory, ids };
}

/** The command takes no more than 64 parents for a commit of git's. */
const PARENTS = 60;
