using System.Globalization;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Categories;

/// <summary>Says what was found of patched code, in one or two sentences.</summary>
public static class PatchWords
{
    /// <summary>Libraries that are known to change code, and what they are for.</summary>
    private static readonly (NamePattern Name, string Words)[] Hookers =
    [
        (new("libucm.so*"), "UCX changes mmap and munmap of libc so, to hear of every mapping"),
        (new("frida-agent*"), "Frida changes functions so, to trace them"),
        (new("libsubhook*"), "subhook changes functions so"),
        (new("libfunchook*"), "funchook changes functions so"),
        (new("libgumpp*"), "Gum (of Frida) changes functions so"),
    ];

    /// <summary><c>libc.so.6's code was changed in memory: 16 KiB in 4 places since #1, cut off by mprotect, as hooks do. libucm.so.0.0.0 is loaded: UCX …</c></summary>
    /// <param name="patched">The finding.</param>
    /// <param name="track">Its track.</param>
    /// <param name="at">The point that it was found at.</param>
    public static string Sentence(this PatchedCode patched, Track track, int at)
    {
        ArgumentNullException.ThrowIfNull(patched);
        ArgumentNullException.ThrowIfNull(track);
        var number = track.Points[patched.Since].Number.ToString(CultureInfo.InvariantCulture);
        var since = patched.Since == 0 ? $"since #{number}, the first snapshot" : $"since #{number}";
        var places = patched.Regions.Count == 1 ? "" : $" in {SizeWords.Count(patched.Regions.Count, "place")}";
        var what = $"{FileName(patched.Module)}'s code was changed in memory: {SizeWords.Size(patched.Bytes)}{places} {since}";
        return patched.Way == PatchWay.Mprotect ? $"{what}, made writable by the process itself, as hooks do. {Hooker(track.VmasAt(at))}".TrimEnd() : $"{what}, from outside: {Outsider(track.VmasAt(at))}";
    }

    private static string Hooker(VmaTable vmas)
    {
        foreach (var name in vmas.NameColumn)
        {
            var file = FileName(name);
            foreach (var (pattern, words) in Hookers) if (pattern.Matches(file)) return $"{file} is loaded: {words}.";
        }
        return "";
    }

    /// <summary>The kernel maps [uprobes] when the first uprobe is hit.</summary>
    private static string Outsider(VmaTable vmas) => vmas.NameColumn.IndexOf("[uprobes]") >= 0 ? "uprobes are set ([uprobes] is mapped)." : "a debugger's breakpoint, or a uprobe.";

    private static string FileName(string name) => new NameParts(name).FileName is { Length: > 0 } file ? file.ToString() : name;
}
