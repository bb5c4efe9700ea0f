import type { Screenshot, VideoSession } from '#domain/session/video-session.ts';

/** A picture with the session that it was used in. */
export interface GalleryItem {
  session: VideoSession;
  shot: Screenshot;
  /** From 1, as the session's own page counts its pictures. */
  number: number;
}

/** Every picture of these sessions, the newest first; those of one device alone where `deviceId` names it (F89). */
export function galleryOf(sessions: readonly VideoSession[], deviceId = ''): GalleryItem[] {
  return sessions
    .filter((session) => !deviceId || session.device.id === deviceId)
    .flatMap((session) => session.screenshots.map((shot, index) => ({ session, shot, number: index + 1 })))
    .sort((a, b) => b.shot.takenAtMs - a.shot.takenAtMs);
}

/** Rows of so many; the last may be shorter. */
export function inRows<T>(items: readonly T[], columns: number): T[][] {
  const width = Math.max(1, Math.floor(columns));
  return Array.from({ length: Math.ceil(items.length / width) }, (_, row) =>
    items.slice(row * width, (row + 1) * width),
  );
}
