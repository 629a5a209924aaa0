import * as z from 'zod';
import type { Command, Verb } from '../shared/command.ts';
import { SCRIPTS } from './scripts.ts';
import { SHELLS } from './shells.ts';
import { wordsOf } from './words.ts';

const Input = z.object({
  shell: z.enum(SHELLS, { error: `must be one of ${SHELLS.join(', ')}` }),
});

/** What a shell completes after `modelsmith`. @param verbs this one is among them. */
export function completionOf(verbs: readonly Verb[]): Command<z.infer<typeof Input>> {
  return {
    name: 'completion',
    group: 'start',
    summary: 'print the completion script for bash, zsh or fish',
    description:
      'The script completes commands, options, and the names of lines, iterations and people in the evidence repository\n' +
      'that is checked out: names only, which nothing verifies.\n\n' +
      'For zsh, the folder must be one of fpath, as ~/.zfunc is after: fpath+=~/.zfunc; autoload -U compinit; compinit',
    arguments: [{ name: '<shell>', description: SHELLS.join(', ') }],
    options: [],
    examples: [
      'mkdir -p ~/.local/share/bash-completion/completions',
      'modelsmith completion bash > ~/.local/share/bash-completion/completions/modelsmith',
      'mkdir -p ~/.zfunc && modelsmith completion zsh > ~/.zfunc/_modelsmith',
      'mkdir -p ~/.config/fish/completions && modelsmith completion fish > ~/.config/fish/completions/modelsmith.fish',
    ],
    writes: false,
    reads: false,
    input: Input,
    run: async (_context, { shell }) => {
      const script = SCRIPTS[shell](wordsOf(await Promise.all(verbs.map((verb) => verb.load()))));
      return { kind: 'yes', json: { shell, script }, text: () => script };
    },
  };
}
