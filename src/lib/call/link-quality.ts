import type { LinkQuality } from './call-transport.ts';

/** What one look at the statistics of a link gives. Counters grow; the difference of two looks is the quality. */
export interface LinkSample {
  atMs: number;
  packetsReceived: number;
  packetsLost: number;
  bytesReceived: number;
  /** Share of our packets that the other side reports as lost, 0 to 1. */
  remoteLossRatio?: number;
  roundTripMs?: number;
  codec?: string;
  relayed?: boolean;
}

interface StatsRow {
  id: string;
  type: string;
  [key: string]: unknown;
}

const number = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);

/** Reads a statistics report; rows and members differ between browsers, and missing ones are left out. */
export function sampleOf(report: Iterable<StatsRow>, atMs: number): LinkSample {
  const rows = new Map<string, StatsRow>();
  for (const row of report) rows.set(row.id, row);
  const sample: LinkSample = { atMs, packetsReceived: 0, packetsLost: 0, bytesReceived: 0 };
  let remoteLoss: number | undefined;
  for (const row of rows.values()) {
    if (row.type === 'inbound-rtp') {
      sample.packetsReceived += number(row.packetsReceived);
      sample.packetsLost += Math.max(0, number(row.packetsLost));
      if (row.kind === 'video' && typeof row.codecId === 'string') {
        const codec = rows.get(row.codecId)?.mimeType;
        if (typeof codec === 'string') sample.codec = codec;
      }
    } else if (row.type === 'remote-inbound-rtp' && typeof row.fractionLost === 'number') {
      remoteLoss = Math.max(remoteLoss ?? 0, row.fractionLost);
    }
  }
  const pair = selectedPair(rows);
  if (pair) {
    sample.bytesReceived = number(pair.bytesReceived);
    if (typeof pair.currentRoundTripTime === 'number') sample.roundTripMs = pair.currentRoundTripTime * 1000;
    const ends = [pair.localCandidateId, pair.remoteCandidateId].map((id) => rows.get(String(id)));
    if (ends.some(Boolean)) sample.relayed = ends.some((end) => end?.candidateType === 'relay');
  }
  if (remoteLoss !== undefined) sample.remoteLossRatio = remoteLoss;
  return sample;
}

function selectedPair(rows: Map<string, StatsRow>): StatsRow | undefined {
  let fallback: StatsRow | undefined;
  for (const row of rows.values()) {
    if (row.type === 'transport' && typeof row.selectedCandidatePairId === 'string') {
      const pair = rows.get(row.selectedCandidatePairId);
      if (pair) return pair;
    }
    if (row.type === 'candidate-pair' && row.state === 'succeeded' && (row.selected || row.nominated)) {
      fallback ??= row;
    }
  }
  return fallback;
}

/** Quality between two looks. The level is the worse of loss and round trip. */
export function qualityBetween(before: LinkSample | undefined, now: LinkSample): LinkQuality {
  const quality: LinkQuality = { level: 'good' };
  let loss: number | undefined;
  if (before && now.atMs > before.atMs) {
    const received = now.packetsReceived - before.packetsReceived;
    const lost = Math.max(0, now.packetsLost - before.packetsLost);
    if (received + lost >= 10) loss = lost / (received + lost);
    const bits = Math.max(0, now.bytesReceived - before.bytesReceived) * 8;
    quality.receivedKbps = Math.round(bits / (now.atMs - before.atMs));
  }
  if (now.remoteLossRatio !== undefined) loss = Math.max(loss ?? 0, now.remoteLossRatio);
  if (loss !== undefined) quality.lossRatio = loss;
  if (now.roundTripMs !== undefined) quality.roundTripMs = Math.round(now.roundTripMs);
  if (now.codec !== undefined) quality.codec = now.codec;
  if (now.relayed !== undefined) quality.relayed = now.relayed;
  quality.level = levelOf(loss ?? 0, now.roundTripMs ?? 0);
  return quality;
}

function levelOf(lossRatio: number, roundTripMs: number): LinkQuality['level'] {
  if (lossRatio > 0.15 || roundTripMs > 1000) return 'veryWeak';
  if (lossRatio > 0.05 || roundTripMs > 400) return 'weak';
  if (lossRatio > 0.02 || roundTripMs > 200) return 'fair';
  return 'good';
}

const order = ['good', 'fair', 'weak', 'veryWeak', 'none'] as const;

/** The worst of several, for one mark over the whole call; `none` where there is no link at all. */
export function worstQuality(qualities: readonly LinkQuality[]): LinkQuality {
  let worst: LinkQuality | undefined;
  for (const one of qualities) {
    if (!worst || order.indexOf(one.level) > order.indexOf(worst.level)) worst = one;
  }
  return worst ?? { level: 'none' };
}
