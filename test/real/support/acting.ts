import { randomBytes } from 'node:crypto';
import { actingTerminal } from '../../../src/adapters/actors/acting-terminal.ts';
import { artifactInspector } from '../../../src/adapters/artifacts/inspector.ts';
import { modelSignatures } from '../../../src/adapters/artifacts/model-signing.ts';
import { modelSources } from '../../../src/adapters/sources/sources.ts';
import { cloneCache } from '../../../src/adapters/config/clone-cache.ts';
import { drafts } from '../../../src/adapters/config/drafts.ts';
import { ownSettings } from '../../../src/adapters/config/own-settings.ts';
import { CHECK_IMPORTERS } from '../../../src/adapters/checks/importers.ts';
import { IMPORTERS } from '../../../src/adapters/evals/importers.ts';
import { jsonLineItems } from '../../../src/adapters/evals/items.ts';
import { localFiles } from '../../../src/adapters/files/local-files.ts';
import { scratchFolders } from '../../../src/adapters/files/scratch-folders.ts';
import { userGit } from '../../../src/adapters/git/porcelain.ts';
import { gitPrograms } from '../../../src/adapters/git/programs.ts';
import { targetsIn } from './targets.ts';
import { registries } from '../../../src/adapters/oci/registries.ts';
import { uploads } from '../../../src/adapters/config/uploads.ts';
import { openpgpSealing } from '../../../src/adapters/openpgp/sealing.ts';
import { userSigning } from '../../../src/adapters/openpgp/signing.ts';
import { openpgpVerifier } from '../../../src/adapters/openpgp/verify.ts';
import { CannotTell } from '../../../src/base/errors.ts';
import { runProgram } from '../../../src/commands/program.ts';
import type { Context } from '../../../src/commands/shared/context.ts';
import type { Signing } from '../../../src/ports/signing.ts';
import { VERBS } from '../../../src/commands/verbs.ts';
import { MODELSMITH, type Where } from './command.ts';

export interface Acted {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What this person says otherwise than the others, `yes` and `no` to what is to be confirmed; undefined: nothing. */
type Answer = (question: string) => string | undefined | Promise<string | undefined>;
const noAnswer: Answer = () => undefined;
/** What happens between this person and the signature. */
const signsAsIs = (signing: Signing): Signing => signing;

/**
 * Runs a verb in this process with a person at the terminal who answers everything: what takes a person and would be slow
 * at a real terminal. `now`: seconds since 1970, of the machine where not given.
 */
export async function acting(
  { env, cwd }: Where,
  argv: readonly string[],
  {
    now = () => Math.floor(Date.now() / 1000),
    random = (bytes: number): Uint8Array => randomBytes(bytes),
    reason = 'Looked at it all.',
    answer = noAnswer,
    sign = signsAsIs,
  } = {},
): Promise<Acted> {
  let [stdout, stderr] = ['', ''];
  const terminal = {
    ...actingTerminal(
      {
        ...{ interactive: true, columns: 80, rows: 24, color: false },
        out: (text) => void (stdout += `${text}\n`),
        say: () => undefined,
        progress: () => undefined,
        ask: () => Promise.resolve(''),
        confirm: () => Promise.resolve(true),
        secret: () => Promise.resolve(''),
      },
      reason,
    ),
  };
  const heard = {
    ...terminal,
    say: (text: string): void => {
      stderr += `${text}\n`;
      terminal.say(text);
    },
    ask: async (question: string): Promise<string> => (await answer(question)) ?? terminal.ask(question),
    confirm: async (question: string): Promise<boolean> => {
      const said = await answer(question);
      return said === undefined ? await terminal.confirm(question) : said === 'yes';
    },
  };
  const context: Context = {
    now,
    random,
    environment: Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('MODELSMITH_'))),
    version: 'test',
    program: MODELSMITH[1],
    terminal: heard,
    files: localFiles(cwd),
    trust: {
      file: 'none',
      rootOf: () => Promise.resolve(null),
      pin: () => Promise.resolve(),
      move: () => Promise.resolve(),
    },
    settings: ownSettings(env),
    clones: cloneCache(env),
    scratch: scratchFolders(),
    drafts: drafts(env),
    tips: null,
    pieces: null,
    git: gitPrograms(cwd, env),
    verifier: openpgpVerifier(),
    signing: sign(userSigning(() => userGit(cwd, env).signing(), env)),
    sealing: openpgpSealing(async () => ({
      program: (await userGit(cwd, env).signing()).program,
      ambient: env,
    })),
    inspector: artifactInspector,
    modelSignatures,
    modelSources: modelSources(registries({ environment: {}, uploads: uploads({}) })),
    importers: IMPORTERS,
    checkImporters: CHECK_IMPORTERS,
    items: jsonLineItems,
    targets: targetsIn(cwd, env),
    registry: registries({ environment: {}, uploads: uploads({}) }),
  };
  try {
    return { code: await runProgram(argv, context, VERBS), stdout, stderr };
  } catch (error) {
    if (!(error instanceof CannotTell)) throw error;
    return { code: error.exitCode, stdout, stderr: `${stderr}${error.message}\n${error.remedy ?? ''}` };
  }
}
