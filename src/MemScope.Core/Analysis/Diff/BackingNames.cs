using System.Buffers;
using System.Text;

namespace MemScope.Core.Analysis.Diff;

/// <summary>
/// Names of what backs mappings without what changes from run to run, for names that have no equal on the other side. In the order of their use:
/// <list type="bullet">
/// <item><c> (deleted)</c> at the end: the kernel appends it to a file that was unlinked while mapped (d_path in fs/d_path.c).</item>
/// <item>the folder in which a container's engine mounts its root: <c>/var/lib/docker/overlay2/ID/merged</c>, containerd's snapshots and rootfs, podman's overlay, <c>/proc/PID/root</c>.</item>
/// <item><c>/proc/PID</c> and whole numbers in the names of shared memory, memfds, temporary files, sockets, thread stacks and memory that its owner named: process ids, thread ids, counters.</item>
/// <item>random ends that mkstemp and its like put there: the last word of a temporary name that mixes two of upper case, lower case and digits.</item>
/// <item>hashes: words of 8 or more hexadecimal digits that mix digits and letters, and of 24 or more letters and digits (Nix, content-addressed caches, auditwheel's <c>libfoo-1a2b3c4d.so</c>).</item>
/// </list>
/// Each part that is left out stands as <c>*</c>.
/// </summary>
public static class BackingNames
{
    private const string Deleted = " (deleted)";
    private const int ShortestRandomEnd = 6, ShortestHash = 8, ShortestLongHash = 24;

    /// <summary>Folders with the number of parts below them that name the container's layer, and the folders that may follow.</summary>
    private static readonly (string Folder, int Parts, string[] Then)[] Roots =
    [
        ("/var/lib/docker/overlay2/", 1, ["merged", "diff"]),
        ("/var/lib/docker/rootfs/overlayfs/", 1, []),
        ("/var/lib/containers/storage/overlay/", 1, ["merged", "diff"]),
        ("/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/", 1, ["fs"]),
        ("/run/containerd/io.containerd.runtime.v2.task/", 2, ["rootfs"]),
        ("/proc/", 1, ["root"]),
    ];

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789");

    /// <summary>The name without what changes from run to run; the name itself where nothing does.</summary>
    public static string Pattern(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length == 0) return name;
        var rest = name.EndsWith(Deleted, StringComparison.Ordinal) ? name.AsSpan(0, name.Length - Deleted.Length) : name.AsSpan();
        rest = WithoutRoot(rest);
        var temporary = IsTemporary(rest);
        if (rest.Length == name.Length && !temporary && rest.IndexOfAny(Digits) < 0) return name;
        var pattern = new StringBuilder(rest.Length);
        if (rest.StartsWith("/proc/", StringComparison.Ordinal) && rest.Length > 6 && char.IsAsciiDigit(rest[6]))
        {
            pattern.Append("/proc/*");
            var end = rest[6..].IndexOf('/');
            rest = end < 0 ? default : rest[(6 + end)..];
        }
        AppendWords(pattern, rest, temporary);
        return pattern.ToString();
    }

    /// <summary>Files and pseudo files: everything that has a name without brackets around it.</summary>
    public static bool IsFile(string name) => name is { Length: > 0 } && name[0] != '[';

    /// <summary>The last part of a path without its numbers: <c>libfoo.so.*</c>; null where too little is left to say that two are the same file.</summary>
    public static string? Stem(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!IsFile(name)) return null;
        var file = name.AsSpan(name.LastIndexOf('/') + 1);
        var stem = new StringBuilder(file.Length);
        var letters = 0;
        for (var i = 0; i < file.Length; i++)
        {
            if (!char.IsAsciiDigit(file[i]))
            {
                if (char.IsLetter(file[i])) letters++;
                stem.Append(file[i]);
                continue;
            }
            // 1.2.3 is one number.
            while (i + 1 < file.Length && (char.IsAsciiDigit(file[i + 1]) || (file[i + 1] is '.' && i + 2 < file.Length && char.IsAsciiDigit(file[i + 2])))) i++;
            stem.Append('*');
        }
        var text = stem.ToString();
        if (text.EndsWith(".so.*", StringComparison.Ordinal)) text = text[..^2]; // libfoo.so and libfoo.so.1 are one library
        return letters >= 2 && (file.IndexOfAny(Digits) >= 0 || text.EndsWith(".so", StringComparison.Ordinal)) ? text : null;
    }

    private static ReadOnlySpan<char> WithoutRoot(ReadOnlySpan<char> name)
    {
        foreach (var (folder, parts, then) in Roots)
        {
            if (!name.StartsWith(folder, StringComparison.Ordinal)) continue;
            var at = folder.Length;
            for (var part = 0; part < parts; part++)
            {
                var slash = name[at..].IndexOf('/');
                if (slash < 0) return name;
                at += slash + 1;
            }
            if (then.Length == 0) return name[(at - 1)..];
            foreach (var last in then)
            {
                if (name[at..].StartsWith(last, StringComparison.Ordinal) && name.Length > at + last.Length && name[at + last.Length] == '/') return name[(at + last.Length)..];
            }
        }
        return name;
    }

    /// <summary>Whether numbers in the name are a matter of the run.</summary>
    private static bool IsTemporary(ReadOnlySpan<char> name) =>
        name.StartsWith("/dev/shm/", StringComparison.Ordinal) || name.StartsWith("/run/", StringComparison.Ordinal) || name.StartsWith("/tmp/", StringComparison.Ordinal)
        || name.StartsWith("/var/tmp/", StringComparison.Ordinal) || name.StartsWith("/memfd:", StringComparison.Ordinal) || name.StartsWith("memfd:", StringComparison.Ordinal)
        || name.StartsWith("[anon:", StringComparison.Ordinal) || name.StartsWith("[anon_shmem:", StringComparison.Ordinal) || name.StartsWith("[stack:", StringComparison.Ordinal)
        || name.StartsWith("socket:", StringComparison.Ordinal);

    /// <summary>Word by word, where a word is a run of letters and digits.</summary>
    private static void AppendWords(StringBuilder pattern, ReadOnlySpan<char> name, bool temporary)
    {
        var lastWord = temporary ? LastWordOf(name) : -1;
        for (var i = 0; i < name.Length;)
        {
            if (!char.IsAsciiLetterOrDigit(name[i]))
            {
                pattern.Append(name[i++]);
                continue;
            }
            var end = i;
            while (end < name.Length && char.IsAsciiLetterOrDigit(name[end])) end++;
            var word = name[i..end];
            if (IsHash(word) || (i == lastWord && IsRandomEnd(word))) pattern.Append('*');
            else if (temporary) AppendWithoutNumbers(pattern, word);
            else pattern.Append(word);
            i = end;
        }
    }

    private static int LastWordOf(ReadOnlySpan<char> name)
    {
        var end = name.Length;
        while (end > 0 && !char.IsAsciiLetterOrDigit(name[end - 1])) end--;
        var start = end;
        while (start > 0 && char.IsAsciiLetterOrDigit(name[start - 1])) start--;
        return start;
    }

    private static void AppendWithoutNumbers(StringBuilder pattern, ReadOnlySpan<char> word)
    {
        for (var i = 0; i < word.Length; i++)
        {
            if (!char.IsAsciiDigit(word[i])) pattern.Append(word[i]);
            else if (i == 0 || !char.IsAsciiDigit(word[i - 1])) pattern.Append('*');
        }
    }

    private static bool IsHash(ReadOnlySpan<char> word)
    {
        if (word.Length < ShortestHash) return false;
        var (digits, letters, hex) = (0, 0, true);
        foreach (var c in word)
        {
            if (char.IsAsciiDigit(c)) digits++;
            else letters++;
            hex &= char.IsAsciiHexDigit(c);
        }
        return digits > 0 && letters > 0 && (hex || (word.Length >= ShortestLongHash && digits > 2));
    }

    private static bool IsRandomEnd(ReadOnlySpan<char> word)
    {
        if (word.Length < ShortestRandomEnd) return false;
        bool upper = false, lower = false, digit = false;
        foreach (var c in word)
        {
            upper |= char.IsAsciiLetterUpper(c);
            lower |= char.IsAsciiLetterLower(c);
            digit |= char.IsAsciiDigit(c);
        }
        return (upper ? 1 : 0) + (lower ? 1 : 0) + (digit ? 1 : 0) >= 2;
    }
}
