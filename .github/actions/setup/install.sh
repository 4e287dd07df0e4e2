#!/bin/sh
# Installs one version of ecsundo, and prints the directory that it is in. It needs curl or wget, tar (unzip on Windows), and
# something that computes SHA-256.
#
#   PATH=$(sh install.sh 1.2.3):$PATH
#
# It downloads the archive for this system and checksums.txt of the release, compares the two, and verifies the archive's build
# attestation for the version's tag if the GitHub CLI and a token for it (GH_TOKEN) are there. The program has to call itself the version
# that was asked for. What it has installed stays in a directory by version: the next time it compares the program with the checksum that it
# had, and asks nobody; in a directory that others can write to, it downloads and compares all of it anew. In GitHub Actions it adds the
# directory to the PATH of later steps.
#
#   ECSUNDO_VERSION     the version, if no argument says it
#   ECSUNDO_SHA256      the archive's checksum, to trust that instead of checksums.txt. What was installed from another archive is
#                       downloaded again
#   ECSUNDO_BASE_URL    where the releases are, for a mirror
#   ECSUNDO_CACHE       the directory for all versions; if not set, ecsundo in XDG_CACHE_HOME or ~/.cache
set -eu

releases=https://github.com/ecsundo/ecsundo/releases
base=${ECSUNDO_BASE_URL:-$releases/download}

die() {
	printf 'install.sh: %s\n' "$@" >&2
	exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# platform prints GOOS_GOARCH.
platform() {
	case $(uname -s) in
	Linux) system=linux ;;
	Darwin) system=darwin ;;
	MINGW* | MSYS* | CYGWIN*) system=windows ;;
	*) return 1 ;;
	esac
	case $(uname -m) in
	x86_64 | amd64) arch=amd64 ;;
	aarch64 | arm64) arch=arm64 ;;
	*) return 1 ;;
	esac
	printf '%s_%s\n' "$system" "$arch"
}

# fetch downloads a file of the release.
fetch() {
	url=$base/v$version/$1
	if has curl; then
		why=$(curl -fsSL --retry 2 --connect-timeout 10 --max-time 120 -o "$work/$1" "$url" 2>&1) && return
	elif has wget; then
		why=$(wget -T 10 -O "$work/$1" "$url" 2>&1) && return
	else
		die 'cannot download: this system has neither curl nor wget. Install one of them'
	fi
	case $why in
	*' 404' | *' 404 '* | *' 404:'*) die "there is no $url: ${why##*
}" "Check the version: $releases" ;;
	esac
	die "cannot download $url: ${why##*
}" 'Check the network and the proxy of this machine, or set ECSUNDO_BASE_URL to a mirror'
}

sha256() {
	if has sha256sum; then
		sum=$(sha256sum <"$1")
	elif has shasum; then
		sum=$(shasum -a 256 <"$1")
	elif has openssl; then
		sum=$(openssl dgst -sha256 -r <"$1")
	else
		die 'cannot verify the download: this system has none of sha256sum, shasum and openssl. Install one of them'
	fi
	printf '%s\n' "${sum%% *}"
}

# verify compares the archive with its checksum, and asks GitHub whether our release workflow has built it.
verify() {
	want=$pinned
	if [ -z "$want" ]; then
		fetch checksums.txt
		# the * is sha256sum's mark for binary files; lines may end in CRLF
		want=$(awk -v name="$archive" '{ sub(/\r$/, ""); sub(/^\*/, "", $2) } $2 == name { print tolower($1) }' "$work/checksums.txt")
		[ -n "$want" ] || die "checksums.txt of version $version does not list $archive, so the download cannot be verified. Nothing was installed" \
			"Look at the release: $releases/tag/v$version"
	fi
	got=$(sha256 "$work/$archive")
	[ "$got" = "$want" ] || die "$archive has the wrong checksum: $got instead of $want. Nothing was installed" \
		"Download it again. If that gives the same, somebody has changed the file: do not use it, and tell the maintainers"
	if ! has gh || [ -z "${GH_TOKEN:-}" ]; then
		printf 'install.sh: checksum verified; build attestation not verified, which needs gh and GH_TOKEN\n' >&2
	elif ! why=$(gh attestation verify "$work/$archive" --repo ecsundo/ecsundo --signer-workflow ecsundo/ecsundo/.github/workflows/release.yml \
		--source-ref "refs/tags/v$version" 2>&1); then
		die "GitHub does not attest that $archive was built by the release workflow of ecsundo for v$version. Nothing was installed" "$why"
	fi
}

unpack() {
	case $archive in
	*.zip) unzip -q "$work/$archive" -d "$work/unpacked" ;;
	*) mkdir "$work/unpacked" && tar -xzf "$work/$archive" -C "$work/unpacked" ;;
	esac || die "cannot unpack $archive"
	for found in "$work/unpacked/$program" "$work/unpacked"/*/"$program"; do
		[ -f "$found" ] || continue
		chmod 755 "$found"
		identify "$found"
		rm -f "$dir/archive.sha256" "$dir/program.sha256"
		cat "$found" >"$dir/$program.$$" && chmod 755 "$dir/$program.$$" || die "cannot write to $dir. Set ECSUNDO_CACHE to another directory"
		mv -f "$dir/$program.$$" "$dir/$program" # at once: somebody may be installing the same
		printf '%s\n' "$got" >"$dir/archive.sha256"
		sha256 "$found" >"$dir/program.sha256"
		return
	done
	die "$archive contains no $program. Report it: https://github.com/ecsundo/ecsundo/issues"
}

# identify has a program that was compared say which version it is.
identify() {
	line=$("$1" --version) || die "$archive does not run on this system. Nothing was installed"
	called=${line#* }
	called=${called%% *}
	[ "${called#v}" = "$version" ] || die "the program calls itself ${called:-nothing} instead of $version. Nothing was installed" \
		"Somebody may have put an older build in its place: do not use it, and tell the maintainers"
}

# shared reports whether others can write to a directory, or put another in its place.
shared() {
	at=$1
	while [ -n "$at" ]; do
		case $at in "$cache"*) [ -O "$at" ] || return 0 ;; esac
		mode=$(ls -ld "$at") || return 0
		case $mode in
		?????w???[tT]* | ????????w[tT]*) ;; # as /tmp: nobody else can take away what is ours
		?????w* | ????????w*) return 0 ;;
		esac
		case $at in */*) at=${at%/*} ;; *) break ;; esac
	done
	return 1
}

# cached reports whether the version is there, as it was installed, and from the archive whose checksum is wanted.
cached() {
	[ -x "$dir/$program" ] && ! shared "$dir" || return
	[ "$(sha256 "$dir/$program")" = "$(cat "$dir/program.sha256" 2>/dev/null)" ] || return
	[ -z "$pinned" ] || [ "$pinned" = "$(cat "$dir/archive.sha256" 2>/dev/null)" ]
}

[ $# -le 1 ] || die "unexpected argument: \"$2\". There is only one, the version, for example: sh install.sh 1.2.3"
version=${1:-${ECSUNDO_VERSION:-}}
version=${version#v}
case $version in
'') die 'missing argument: VERSION, for example: sh install.sh 1.2.3' "The versions are listed at $releases" ;;
*[!0-9A-Za-z.+-]* | [!0-9]*) die "\"$version\" is not a version. Pin one, for example 1.2.3, so that a job always runs what was tested" "The versions are listed at $releases" ;;
esac
target=$(platform) || die "there is no ecsundo for $(uname -s) on $(uname -m), only for Linux, macOS and Windows on amd64 and arm64" \
	'Build it with Go: go install github.com/ecsundo/ecsundo@latest'
program=ecsundo
archive=ecsundo_${version}_$target.tar.gz
case $target in
windows_*) program=ecsundo.exe archive=ecsundo_${version}_$target.zip ;;
esac

home=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
cache=${ECSUNDO_CACHE:-${home:+$home/ecsundo}}
[ -n "$cache" ] || die 'there is no directory to install into: HOME is not set' 'Set ECSUNDO_CACHE to a directory of your own'
case $cache in
/* | [A-Za-z]:*) ;;
*) cache=$PWD/$cache ;; # later steps are in other directories
esac
dir=$cache/$version/$target
pinned=$(printf '%s\n' "${ECSUNDO_SHA256:-}" | awk '{ print tolower($1) }') # PowerShell's Get-FileHash prints upper case
if cached; then
	identify "$dir/$program"
else
	(umask 077 && mkdir -p "$dir") || die "cannot create $dir. Set ECSUNDO_CACHE to a directory that can be written"
	if shared "$dir"; then work=$(mktemp -d); else work=$(mktemp -d "$dir/download.XXXXXX"); fi
	trap 'rm -rf "$work"; rmdir "$dir" "$cache/$version" 2>/dev/null || true' EXIT
	trap 'exit 1' HUP INT TERM
	fetch "$archive"
	verify
	unpack
fi
printf 'install.sh: %s in %s\n' "$line" "$dir" >&2
if [ -n "${GITHUB_PATH:-}" ]; then
	if has cygpath; then cygpath -w "$dir"; else printf '%s\n' "$dir"; fi >>"$GITHUB_PATH"
fi
printf '%s\n' "$dir"
