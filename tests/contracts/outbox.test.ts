import { describe, expect, it } from 'vitest';
import type { CommandId, SessionId } from '#domain/ids.ts';
import type { SessionCommand } from '#domain/session/commands.ts';
import { idOf, Log, people, say, sessionId } from '../harness/domain/sessions.ts';
import { newest, personStores } from './stores.ts';

const command = (name: string): SessionCommand => ({
  id: idOf(name),
  streamId: sessionId,
  baseSeq: 0,
  clientAtMs: 5,
  ...say.chat(name, name),
});

const names = (items: { id: CommandId }[]): string[] => items.map((item) => item.id.replace(/-+$/, ''));

describe.each(personStores)('outbox in %s', (_name, open) => {
  it('X16 keeps commands in the order in which they were made', async () => {
    const { outbox, close } = await open();
    for (const name of ['one', 'two', 'three']) await outbox.add(command(name), 1);
    expect(names(await outbox.pending(2))).toEqual(['one', 'two']);
    expect(names(await outbox.all())).toEqual(['one', 'two', 'three']);
    close();
  });

  it('X9 the same command twice is kept once', async () => {
    const { outbox, close } = await open();
    const first = await outbox.add(command('one'), 1);
    const again = await outbox.add(command('one'), 2);
    expect(again.order).toBe(first.order);
    expect(await outbox.all()).toHaveLength(1);
    close();
  });

  it('X8 an accepted command stays until its event is here', async () => {
    const { outbox, replica, close } = await open();
    await replica.reset('epoch');
    await outbox.add(command('one'), 1);
    await outbox.accept([{ id: idOf('one'), seq: 2 }]);
    expect(await outbox.get(idOf('one'))).toMatchObject({ state: 'sent', seq: 2 });
    expect(await outbox.pending(10)).toEqual([]);
    const log = new Log().must(people.opener, say.request()).must(people.assigned, say.confirm());
    await replica.apply({ epoch: 'epoch', events: log.events.slice(0, 1), position: 1 });
    expect(await outbox.all()).toHaveLength(1);
    await replica.apply({ epoch: 'epoch', events: log.events, position: 2 });
    expect(await outbox.all()).toEqual([]);
    close();
  });

  it('X8 an acknowledgement that comes after its event takes the command out', async () => {
    const { outbox, replica, close } = await open();
    await replica.reset('epoch');
    const log = new Log().must(people.opener, say.request());
    await replica.apply({ epoch: 'epoch', events: log.events, position: 1 });
    await outbox.add(command('link-up that changed nothing'.slice(0, 20)), 1);
    await outbox.accept([{ id: idOf('link-up that changed nothing'.slice(0, 20)), seq: 1 }]);
    expect(await outbox.all()).toEqual([]);
    close();
  });

  it('X18 a refused command stays, with its reason, until it is dismissed', async () => {
    const { outbox, close } = await open();
    await outbox.add(command('one'), 1);
    await outbox.refuse([{ id: idOf('one'), reason: 'illegal-transition' }]);
    expect(await outbox.pending(10)).toEqual([]);
    expect(await outbox.get(idOf('one'))).toMatchObject({ state: 'refused', reason: 'illegal-transition' });
    await outbox.settle();
    expect(await outbox.all()).toHaveLength(1);
    await outbox.remove([idOf('one')]);
    expect(await outbox.all()).toEqual([]);
    close();
  });

  it('X18 a refused command that is tried again goes to the end of the queue', async () => {
    const { outbox, close } = await open();
    for (const name of ['one', 'two']) await outbox.add(command(name), 1);
    await outbox.refuse([{ id: idOf('one'), reason: 'stale' }]);
    await outbox.retry(idOf('one'));
    expect(names(await outbox.pending(10))).toEqual(['two', 'one']);
    expect((await outbox.get(idOf('one')))?.reason).toBeUndefined();
    close();
  });

  it('X46 after catching up, an accepted command that the relay has forgotten is pushed again', async () => {
    const { outbox, replica, close } = await open();
    await replica.reset('epoch');
    const log = new Log().must(people.opener, say.request());
    await replica.apply({ epoch: 'epoch', events: log.events, position: 1 });
    await outbox.add(command('forgotten'), 1);
    await outbox.accept([{ id: idOf('forgotten'), seq: 5 }]);
    await outbox.add({ ...command('lost'), streamId: idOf<SessionId>('hidden') } as SessionCommand, 1);
    await outbox.accept([{ id: idOf('lost'), seq: 5 }]);
    await outbox.settle();
    expect(names(await outbox.pending(10))).toEqual(['forgotten']);
    expect(await outbox.all()).toHaveLength(1);
    close();
  });

  it('B22 a listener hears the whole outbox at every change', async () => {
    const { outbox, close } = await open();
    const watched = newest(outbox.watch);
    await watched.until('the empty outbox', (items) => items.length === 0);
    await outbox.add(command('one'), 1);
    await watched.until('the kept command', (items) => items.length === 1);
    await outbox.refuse([{ id: idOf('one'), reason: 'stale' }]);
    await watched.until('the refusal', (items) => items[0]?.state === 'refused');
    watched.stop();
    close();
  });
});
