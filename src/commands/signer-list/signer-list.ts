import * as z from 'zod';
import { keyringOf } from '../../evidence/certificates.ts';
import type { Command } from '../shared/command.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import { table } from '../shared/terminal/layout.ts';
import { keyEnds } from '../shared/opening/key-ends.ts';
import { ownKeyEndLine, ownKeyEnds } from '../shared/opening/own-key-ends.ts';
import { groundOf } from '../shared/views/notices.ts';
import { styleOf } from '../shared/terminal/style.ts';
import { openTip } from '../shared/opening/workspace.ts';
import { signersView } from './signers-view.ts';

const Input = z.object({});

/** Who may sign, with which keys, in which roles; and what ends soon. */
export const signerList: Command<z.infer<typeof Input>> = {
  name: 'signer list',
  group: 'policy',
  summary: 'who may sign, with which keys and roles, and whose key ends within 60 days',
  arguments: [],
  options: [],
  examples: ['modelsmith signer list'],
  writes: false,
  reads: true,
  input: Input,
  run: async (context, _input, common) => {
    const workspace = await openTip(context, common);
    const { world, valid } = workspace;
    const ground = groundOf(context, workspace);
    const at = Math.max(context.now(), valid.clock);
    const ends = await keyEnds(context.verifier, keyringOf(world.tree), at);
    const signers = signersView(world, ends, at);
    const yours = await ownKeyEnds(context, world.law, common, at);
    return {
      kind: ground.kind,
      json: { ...ground.json, signers, yours },
      text: ({ columns, color }) => {
        const style = styleOf(color);
        return [
          ...ground.head,
          ...yours.map(ownKeyEndLine),
          ...signers.flatMap(({ id, name, kind, owner, status, roles, keys }) => [
            `${style.bold(id)}  ${escapeShown(name)}  ${owner === null ? kind : `${kind}, ${owner} answers for it`}${status === 'active' ? '' : `  ${style.careful(status)}`}`,
            ...table(
              [
                ...roles.map((role) => ['role', role]),
                ...keys.map(({ fingerprint, status: key }) => ['key', `${fingerprint}  ${escapeShown(key)}`]),
              ],
              columns,
              2,
            ),
          ]),
        ].join('\n');
      },
    };
  },
};
