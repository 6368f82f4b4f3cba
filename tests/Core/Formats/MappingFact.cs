using System.Globalization;
using System.Text;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>A mapping as the text of smaps or maps has it, read without MemScope's parser.</summary>
/// <param name="Start">First address.</param>
/// <param name="End">First address behind it.</param>
/// <param name="Mode">Four letters.</param>
/// <param name="Inode">Inode.</param>
/// <param name="Name">Name, one char per byte.</param>
/// <param name="RssKiB">Rss, or null in maps.</param>
internal sealed record MappingFact(ulong Start, ulong End, string Mode, string Inode, string Name, long? RssKiB)
{
    /// <summary>The mappings of a text.</summary>
    public static List<MappingFact> Of(byte[] text)
    {
        var facts = new List<MappingFact>();
        foreach (var line in Encoding.Latin1.GetString(text).Split('\n'))
        {
            var words = line.Split(' ', 6);
            if (words.Length >= 5 && words[0].Split('-') is [var start, var end] && words[0].All(c => char.IsAsciiHexDigitLower(c) || c == '-'))
                facts.Add(new MappingFact(Hex(start), Hex(end), words[1], words[4], words.Length > 5 ? words[5].TrimStart(' ') : "", null));
            else if (line.StartsWith("Rss:", StringComparison.Ordinal))
                facts[^1] = facts[^1] with { RssKiB = long.Parse(line[4..^2].Trim(), CultureInfo.InvariantCulture) };
        }
        return facts;
    }

    /// <summary>Addresses, rights and whether it is shared, in one line; pmap does not print more of them than this.</summary>
    public string Place => $"{Start:x}-{End:x} {Mode}";

    /// <summary>The same of what was read.</summary>
    public static IEnumerable<string> PlacesOf(Snapshot snapshot) => Enumerable.Range(0, snapshot.Vmas.Count).Select(i => snapshot.Vmas[i]).Select(v => $"{v.Start:x}-{v.End:x} {v.Permissions.Text()}");

    /// <summary>Names of what was read.</summary>
    public static IEnumerable<string> NamesOf(Snapshot snapshot) => snapshot.Vmas.NameColumn.ToArray();

    /// <summary>The name as maps and smaps give it.</summary>
    public string FullName => Decoded(Name);

    /// <summary>The name as pmap -X gives it: 127 bytes are read, and what stands behind the last slash is printed.</summary>
    public string KeyLayoutName
    {
        get
        {
            var read = Name[..Math.Min(Name.Length, 127)];
            return Decoded(read[(read.LastIndexOf('/') + 1)..]);
        }
    }

    /// <summary>The name as pmap, pmap -x and -d give it in the C locale: the last part of a path, question marks for bytes that are not ASCII, no name for all others but the stack.</summary>
    public string BaseName
    {
        get
        {
            if (Name.StartsWith("/SYSV", StringComparison.Ordinal)) return $"[ shmid=0x{ulong.Parse(Inode, CultureInfo.InvariantCulture):x} ]";
            if (!Name.Contains('/', StringComparison.Ordinal)) return Name == "[stack]" ? Name : "";
            var last = Name[(Name.LastIndexOf('/') + 1)..];
            return string.Concat((last.Length > 0 ? last : "/").Select(c => c is < ' ' or > '~' ? '?' : c));
        }
    }

    private static string Decoded(string bytes) => NameTable.Decode(Encoding.Latin1.GetBytes(bytes));

    private static ulong Hex(string text) => ulong.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
