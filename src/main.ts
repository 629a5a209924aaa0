import { availableParallelism } from 'node:os';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { artifactInspector } from './adapters/artifacts/inspector.ts';
import { modelSignatures } from './adapters/artifacts/model-signing.ts';
import { modelSources } from './adapters/sources/sources.ts';
import { cloneCache } from './adapters/config/clone-cache.ts';
import { drafts } from './adapters/config/drafts.ts';
import { ownTargetsFile } from './adapters/config/own-targets-file.ts';
import { reconcileLock } from './adapters/config/reconcile-lock.ts';
import { ownSettings } from './adapters/config/own-settings.ts';
import { trustStore } from './adapters/config/trust-store.ts';
import { uploads } from './adapters/config/uploads.ts';
import { verifiedTips } from './adapters/config/verified-tips.ts';
import { CHECK_IMPORTERS } from './adapters/checks/importers.ts';
import { IMPORTERS } from './adapters/evals/importers.ts';
import { jsonLineItems } from './adapters/evals/items.ts';
import { buildId } from './adapters/files/build-id.ts';
import { versionOfPackage } from './adapters/files/package-version.ts';
import { localFiles } from './adapters/files/local-files.ts';
import { scratchFolders } from './adapters/files/scratch-folders.ts';
import { userGit } from './adapters/git/porcelain.ts';
import { gitPrograms } from './adapters/git/programs.ts';
import { registries } from './adapters/oci/registries.ts';
import { openpgpSealing } from './adapters/openpgp/sealing.ts';
import { userSigning } from './adapters/openpgp/signing.ts';
import { ForeseeingThreads } from './adapters/openpgp/foreseeing-threads.ts';
import { openpgpVerifier } from './adapters/openpgp/verify.ts';
import { pieceThreads } from './adapters/pieces/threads.ts';
import { targetDriver } from './adapters/serving/targets.ts';
import { LEAST_COLUMNS } from './adapters/terminal/telling.ts';
import { realTerminal } from './adapters/terminal/terminal.ts';
import { printJson } from './base/canonical-json.ts';
import { CannotTell } from './base/errors.ts';
import { frontPage } from './commands/front-page.ts';
import { MOST_COLUMNS } from './commands/shared/terminal/help-width.ts';
import { runProgram } from './commands/program.ts';
import type { AnyCommand, Verb } from './commands/shared/command.ts';
import type { Context } from './commands/shared/context.ts';
import { cannotTellJson, cannotTellText } from './commands/shared/explaining/cannot-tell.ts';
import { VERBS } from './commands/verbs.ts';
import { toTime } from './domain/names.ts';
import type { DemonstrationParts } from './ports/demonstration.ts';

const EXIT_BUG = 70;

/** What reads what is judged and is not part of the build. */
const JUDGING_PACKAGES = ['openpgp'];

const EVERYTHING: readonly Verb[] = [...VERBS, { name: 'demo', load: demonstration }];

/**
 * The first page of help for every width it can have, by that width. The build writes them down, so that whoever asks for
 * the page loads nothing.
 */
export async function frontPages(): Promise<ReadonlyMap<number, string>> {
  const commands = await Promise.all(EVERYTHING.map((verb) => verb.load()));
  const pages = new Map<number, string>();
  for (let columns = LEAST_COLUMNS; columns <= MOST_COLUMNS; columns += 1)
    pages.set(columns, await frontPage(columns, commands));
  return pages;
}

/** The composition root: the real world goes in here, and the only catch is here. @returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const context = realContext(argv);
  try {
    return await runProgram(argv, context, EVERYTHING);
  } catch (error) {
    if (error instanceof CannotTell) {
      if (argv.includes('--json')) context.terminal.out(printJson(cannotTellJson(error)));
      else context.terminal.say(cannotTellText(error));
      return error.exitCode;
    }
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
    context.terminal.say(
      `bug: ${words}\nThis is a defect of modelsmith; nothing can be said about the repository. Please report it.`,
    );
    return EXIT_BUG;
  }
}

/** The demonstration runs the other verbs as the command line would, with people who answer by themselves. */
async function demonstration(): Promise<AnyCommand> {
  const [{ demoCommand }, { actingTerminal }, { generateKey }, { loraAdapter }, { sampleResults }] =
    await Promise.all([
      import('./commands/demo/demo.ts'),
      import('./adapters/actors/acting-terminal.ts'),
      import('./adapters/openpgp/keyfile.ts'),
      import('./adapters/artifacts/sample.ts'),
      import('./adapters/evals/sample.ts'),
    ]);
  const parts: DemonstrationParts = {
    actor: actingTerminal,
    generateKey,
    adapter: (seed, base, revision) =>
      loraAdapter({ seed, base, revision, rank: 8, modules: ['q_proj', 'v_proj'], hidden: 64, layers: 2 }),
    results: ({ scores, time, ...run }) =>
      sampleResults({
        ...run,
        date: toTime(time),
        tasks: scores.map((score) => ({ ...score, filter: 'none' })),
      }),
    readyPolicy: (path) => readFile(new URL(`../policy/${path}`, import.meta.url)),
  };
  return demoCommand(parts, (argv, context) => runProgram(argv, context, VERBS));
}

function realContext(argv: readonly string[]): Context {
  const environment = process.env;
  const streams = { input: process.stdin, output: process.stdout, error: process.stderr };
  const folder = process.cwd();
  const openRegistry = registries({ environment, uploads: uploads(environment) });
  return {
    now: () => Math.floor(Date.now() / 1000),
    random: (bytes) => randomBytes(bytes),
    environment: Object.fromEntries(
      Object.entries(environment).filter(([name]) => name.startsWith('MODELSMITH_')),
    ),
    version: versionOfPackage(new URL('../package.json', import.meta.url)),
    program: fileURLToPath(new URL('../bin/modelsmith.js', import.meta.url)),
    terminal: realTerminal(streams, { environment, noColor: argv.includes('--no-color') }),
    files: localFiles(folder),
    trust: trustStore(environment),
    settings: ownSettings(environment),
    clones: cloneCache(environment),
    scratch: scratchFolders(),
    drafts: drafts(environment),
    tips: verifiedTips(folder, environment, () =>
      buildId(new URL('./build-id', import.meta.url), JUDGING_PACKAGES, (name) => import.meta.resolve(name)),
    ),
    git: gitPrograms(folder, environment),
    pieces: (directory) =>
      pieceThreads(new URL('./piece.js', import.meta.url), piecesAtOnce(), resolve(folder, directory)),
    verifier: openpgpVerifier(
      new ForeseeingThreads(new URL('./foresee.js', import.meta.url), threadsForSignatures()),
    ),
    signing: userSigning(() => userGit(folder, environment).signing(), environment),
    sealing: openpgpSealing(async () => ({
      program: (await userGit(folder, environment).signing()).program,
      ambient: environment,
    })),
    inspector: artifactInspector,
    modelSignatures,
    modelSources: modelSources(openRegistry),
    importers: IMPORTERS,
    checkImporters: CHECK_IMPORTERS,
    items: jsonLineItems,
    targets: {
      own: ownTargetsFile(environment, (path) => localFiles(folder).absolute(path)),
      driver: targetDriver,
      hold: reconcileLock(environment),
    },
    registry: openRegistry,
  };
}

/** One core is left for what judges; more than a few threads wait for it. */
/** Each holds a tree of its own. */
function piecesAtOnce(): number {
  return Math.min(4, availableParallelism());
}

function threadsForSignatures(): number {
  return Math.max(1, Math.min(4, availableParallelism() - 1));
}
