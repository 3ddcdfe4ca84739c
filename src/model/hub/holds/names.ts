/** The name of a program without its folder. */
export function nameOf({value}: {value: string}): string {
  return value.slice(value.lastIndexOf('/') + 1)
}

/** Lower-case words of a name: `docker-up.sh` has docker, up and sh. */
export function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(word => word !== '')
}
