import * as z from 'zod';
import type { DemonstrationParts } from '../../ports/demonstration.ts';
import type { Command } from '../shared/command.ts';
import type { Context } from '../shared/context.ts';
import { Stage, type Invoke } from './stage.ts';
import { playStory } from './story.ts';
import { playTampering } from './tampering.ts';

const Input = z.object({ folder: z.string().optional() });

/** The demonstration. It is made with parts that no other verb can reach. */
export function demoCommand(parts: DemonstrationParts, invoke: Invoke): Command<z.infer<typeof Input>> {
  return {
    name: 'demo',
    group: 'start',
    summary: 'watch one adapter go all the way, with keys made for the occasion, then try to cheat',
    description:
      'Everything is real but the people: git, signatures, the adapter and the harness output are in the real formats.\nIt needs git and nothing else, and leaves the repository in a folder for you to look at.',
    arguments: [
      {
        name: '[folder]',
        description: 'where to leave it (default: modelsmith-demo, or the first free number after it)',
      },
    ],
    options: [],
    examples: ['modelsmith demo', 'modelsmith demo /tmp/demo'],
    writes: false,
    reads: false,
    input: Input,
    run: async (real, input, common) => {
      const folder = input.folder ?? (await freeFolder(real));
      // With --json the story is told on standard error: standard output holds one object.
      const out = (text: string): void => real.terminal.say(text);
      const context = common.json ? { ...real, terminal: { ...real.terminal, out } } : real;
      const { terminal } = context;
      terminal.out('DEMONSTRATION: the people and the model are made up; every check is the real one.\n');
      const stage = await Stage.build(context, parts, invoke, context.files.absolute(folder));
      const steps = [...(await playStory(stage)), ...(await playTampering(stage))];
      const wrong = steps.filter((step) => step.exit !== step.expected);
      const { commit, signer } = stage.root;
      return {
        kind: wrong.length === 0 ? 'yes' : 'no',
        json: { demonstration: true, folder: stage.folder, root: `${commit}:${signer}`, steps },
        text: () =>
          [
            wrong.length === 0
              ? 'The promotion went through, and every attempt to cheat was refused.'
              : `Not as expected: ${wrong.map((step) => step.title).join('; ')}`,
            '',
            'Try next:',
            `  cd ${stage.folder}/evidence && export MODELSMITH_ROOT=${commit}:${signer}`,
            '  modelsmith status                          where everything stands',
            '  modelsmith reproduce claims-triage@1.0.0   how the scores come about, digest by digest',
            '  modelsmith log                             who did what, when, in which role',
            '  git log --show-signature                   the same commits, seen by git',
            '  export MODELSMITH_KEY_FILE=../people/omar.key.asc   act as Omar; ../people/README.yaml has the others',
            '',
            '(modelsmith is bin/modelsmith.js of this project; DEMONSTRATION ends here)',
          ].join('\n'),
      };
    },
  };
}

async function freeFolder(context: Context): Promise<string> {
  for (let number = 1; number < 1000; number += 1) {
    const name = number === 1 ? 'modelsmith-demo' : `modelsmith-demo-${number}`;
    if (!(await context.files.exists(name))) return name;
  }
  return 'modelsmith-demo-1000';
}
