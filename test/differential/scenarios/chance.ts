import {
  armored,
  bodyOf,
  newPacket,
  packetIn,
  partsOf,
  together,
  type Parts,
} from '../../real/support/packet-bytes.ts';
import { SIGNED, STRONG } from '../crew.ts';
import { oneOf, scenario, withHeader, type Desk, type Scenario } from '../scenario.ts';

/** One bit of a sound commit turned over, anywhere. Signed in this process, by the keys of gpg: there are many of these. */

const sound = async (desk: Desk, round: number): Promise<{ payload: Buffer; signature: string }> => {
  const payload = desk.payload();
  return { payload, signature: await desk.forged(oneOf(STRONG, round), payload, SIGNED) };
};

function turned(desk: Desk, bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const at = desk.random(copy.length);
  copy[at] = (copy[at] ?? 0) ^ (1 << desk.random(8));
  return copy;
}

const inPart =
  (name: keyof Parts): Scenario['make'] =>
  async (desk, round) => {
    const { payload, signature } = await sound(desk, round);
    const parts = partsOf(bodyOf(packetIn(signature)));
    return withHeader(
      payload,
      armored(newPacket(2, together({ ...parts, [name]: turned(desk, parts[name]) }))),
    );
  };

export const CHANCE: readonly Scenario[] = [
  scenario('chance: a bit of what the packet signs', inPart('signed'), 20),
  scenario('chance: a bit of what the packet does not sign', inPart('unhashed'), 10),
  scenario('chance: a bit of the numbers', inPart('values'), 10),
  scenario(
    'chance: a bit of the armor',
    async (desk, round) => {
      const { payload, signature } = await sound(desk, round);
      return withHeader(payload, turned(desk, Buffer.from(signature)).toString('latin1'));
    },
    20,
  ),
  scenario(
    'chance: a bit of the headers',
    async (desk, round) => {
      const { payload, signature } = await sound(desk, round);
      const commit = withHeader(payload, signature);
      const end = commit.indexOf('\ngpgsig');
      return Buffer.concat([turned(desk, commit.subarray(0, end)), commit.subarray(end)]);
    },
    20,
  ),
  scenario(
    'chance: a bit of the message',
    async (desk, round) => {
      const { payload, signature } = await sound(desk, round);
      const commit = withHeader(payload, signature);
      const start = commit.indexOf('\n\n', commit.indexOf('-----END')) + 2;
      return Buffer.concat([commit.subarray(0, start), turned(desk, commit.subarray(start))]);
    },
    10,
  ),
];
