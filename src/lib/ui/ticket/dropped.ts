/** Files are being dragged, not words or links. */
export function holdsFiles(transfer: Pick<DataTransfer, 'types'> | null): boolean {
  return transfer?.types.includes('Files') ?? false;
}

/**
 * A file that is dropped beside its place is not opened by the browser instead of the app.
 * @param event of dragging over, or of dropping
 */
export function keepFilesHere(
  event: Pick<DragEvent, 'dataTransfer' | 'defaultPrevented' | 'preventDefault'>,
): void {
  if (event.defaultPrevented || !holdsFiles(event.dataTransfer)) return;
  event.preventDefault();
  if (event.dataTransfer) event.dataTransfer.dropEffect = 'none';
}
