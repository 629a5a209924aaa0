import { z } from 'zod';
import { LineName, Version } from '../../domain/names.ts';
import type { AnyCommand, Command } from '../shared/command.ts';
import type { Context } from '../shared/context.ts';
import { SCRIPTS, SHELLS, type Word } from './scripts.ts';

const Input = z.object({
  shell: z.enum([...SHELLS, 'iterations'], { error: `must be one of ${SHELLS.join(', ')}` }),
});

/** What a shell completes after `modelsmith`. @param verbs asked when the command runs: this one is among them. */
export function completionOf(
  verbs: () => readonly Pick<AnyCommand, 'name' | 'summary' | 'options' | 'reads' | 'writes' | 'arguments'>[],
): Command<z.infer<typeof Input>> {
  return {
    name: 'completion',
    group: 'start',
    summary: 'print the completion script for bash, zsh or fish',
    arguments: [{ name: '<shell>', description: SHELLS.join(', ') }],
    options: [],
    examples: [
      'modelsmith completion bash > ~/.local/share/bash-completion/completions/modelsmith',
      'modelsmith completion fish > ~/.config/fish/completions/modelsmith.fish',
    ],
    writes: false,
    reads: false,
    input: Input,
    run: async (context, { shell }) => {
      if (shell === 'iterations') {
        // What the scripts ask for. Names only, from the folders here: nothing is verified and nothing is believed.
        const iterations = await iterationsHere(context);
        return { kind: 'yes', json: { iterations }, text: () => iterations.join('\n') };
      }
      const script = SCRIPTS[shell](wordsOf(verbs()));
      return { kind: 'yes', json: { shell, script }, text: () => script };
    },
  };
}

async function iterationsHere({ files }: Context): Promise<readonly string[]> {
  const names = async (folder: string): Promise<readonly string[]> =>
    (await files.exists(folder)) ? ((await files.list(folder)) ?? []) : [];
  const lines = (await names('promotions')).filter((name) => LineName.safeParse(name).success);
  const found = await Promise.all(
    lines.map(async (line) =>
      (await names(`promotions/${line}`))
        .filter((name) => Version.safeParse(name).success)
        .map((version) => `${line}@${version}`),
    ),
  );
  return found.flat();
}

function wordsOf(verbs: ReturnType<Parameters<typeof completionOf>[0]>): readonly Word[] {
  return verbs.map(({ name, summary, options, reads, writes, arguments: args }) => ({
    verb: name,
    summary,
    flags: unique([
      ...options.flatMap(({ flags }) => /--[a-z-]+/.exec(flags)?.[0] ?? []),
      ...(reads || writes ? ['--directory', '--root', '--branch', '--state'] : []),
      ...(writes ? ['--as', '--key-file', '--role', '--dry-run'] : []),
      '--json',
      '--plain',
      '--no-color',
      '--help',
    ]),
    iteration: args.some((argument) => /^[<[]iteration/.test(argument.name)),
  }));
}

function unique(flags: readonly string[]): readonly string[] {
  return [...new Set(flags)];
}
