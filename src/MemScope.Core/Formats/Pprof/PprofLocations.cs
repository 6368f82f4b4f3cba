using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Pprof;

/// <summary>
/// Mappings, locations and functions of a profile, and the frames that a location stands for. They may come in any order, and ids are any numbers but 0.
/// A location has a line for each function that was inlined there, innermost first.
/// </summary>
/// <param name="strings">The string table.</param>
/// <param name="limits">Caps.</param>
internal sealed class PprofLocations(PprofStrings strings, Limits limits)
{
    private readonly Dictionary<ulong, Mapping> _mappings = [];
    private readonly Dictionary<ulong, Location> _locations = [];
    private readonly Dictionary<ulong, Function> _functions = [];
    private readonly List<(ulong Function, long Line)> _lines = [];

    private readonly record struct Mapping(ulong Start, ulong Limit, ulong Offset, long File, long BuildId);

    private readonly record struct Location(ulong Mapping, ulong Address, int FirstLine, int Lines);

    private readonly record struct Function(long Name, long SystemName, long File);

    /// <summary>References to a location, mapping or function that is not there.</summary>
    public int Missing { get; private set; }

    /// <summary>Entries that were left out: of an id that is taken, broken, or over the cap.</summary>
    public int Dropped { get; private set; }

    /// <summary>The mappings of files, by address.</summary>
    public IReadOnlyList<MappedModule> Modules() =>
    [
        .. from m in _mappings.Values
           where m.Limit > m.Start && IsFile(strings.Get(m.File))
           orderby m.Start
           select new MappedModule(new AddressRange(m.Start, m.Limit), m.Offset, strings.Get(m.File)!, BuildIdOf(m)),
    ];

    /// <summary>Takes a Mapping: id, memory_start, memory_limit, file_offset, filename, build_id.</summary>
    public void AddMapping(ReadOnlySpan<byte> message)
    {
        ulong id = 0;
        var mapping = new Mapping();
        var fields = new ProtoFields(message);
        while (fields.Next())
        {
            if (fields.Wire != ProtoWire.Varint) continue;
            if (fields.Field == 1) id = fields.Value;
            else if (fields.Field == 2) mapping = mapping with { Start = fields.Value };
            else if (fields.Field == 3) mapping = mapping with { Limit = fields.Value };
            else if (fields.Field == 4) mapping = mapping with { Offset = fields.Value };
            else if (fields.Field == 5) mapping = mapping with { File = (long)fields.Value };
            else if (fields.Field == 6) mapping = mapping with { BuildId = (long)fields.Value };
        }
        Add(_mappings, id, mapping, fields.IsBroken);
    }

    /// <summary>Takes a Location: id, mapping_id, address, line.</summary>
    public void AddLocation(ReadOnlySpan<byte> message)
    {
        ulong id = 0, mapping = 0, address = 0;
        var first = _lines.Count;
        var fields = new ProtoFields(message);
        while (fields.Next())
        {
            if (fields.Wire == ProtoWire.Varint && fields.Field == 1) id = fields.Value;
            else if (fields.Wire == ProtoWire.Varint && fields.Field == 2) mapping = fields.Value;
            else if (fields.Wire == ProtoWire.Varint && fields.Field == 3) address = fields.Value;
            else if (fields.Wire == ProtoWire.Bytes && fields.Field == 4 && _lines.Count - first < limits.CallchainFrames) AddLine(fields.Payload);
        }
        if (!Add(_locations, id, new Location(mapping, address, first, _lines.Count - first), fields.IsBroken)) _lines.RemoveRange(first, _lines.Count - first);
    }

    /// <summary>Takes a Function: id, name, system_name, filename.</summary>
    public void AddFunction(ReadOnlySpan<byte> message)
    {
        ulong id = 0;
        var function = new Function();
        var fields = new ProtoFields(message);
        while (fields.Next())
        {
            if (fields.Wire != ProtoWire.Varint) continue;
            if (fields.Field == 1) id = fields.Value;
            else if (fields.Field == 2) function = function with { Name = (long)fields.Value };
            else if (fields.Field == 3) function = function with { SystemName = (long)fields.Value };
            else if (fields.Field == 4) function = function with { File = (long)fields.Value };
        }
        Add(_functions, id, function, fields.IsBroken);
    }

    /// <summary>The frames of a location, innermost first; at least one.</summary>
    public IReadOnlyList<RawFrame> FramesAt(ulong id)
    {
        if (!_locations.TryGetValue(id, out var location))
        {
            Missing++;
            return [new RawFrame()];
        }
        var place = PlaceOf(location);
        if (location.Lines == 0) return [place];
        var frames = new RawFrame[location.Lines];
        for (var i = 0; i < frames.Length; i++)
        {
            var (callee, line) = _lines[location.FirstLine + i];
            if (!_functions.TryGetValue(callee, out var function) && callee != 0) Missing++;
            frames[i] = place with
            {
                Function = strings.Get(function.Name) ?? strings.Get(function.SystemName),
                File = strings.Get(function.File),
                Line = line is > 0 and <= int.MaxValue ? (int)line : null,
                Inlined = i < frames.Length - 1,
            };
        }
        return frames;
    }

    private void AddLine(ReadOnlySpan<byte> message)
    {
        ulong function = 0;
        long line = 0;
        var fields = new ProtoFields(message);
        while (fields.Next())
        {
            if (fields.Wire != ProtoWire.Varint) continue;
            if (fields.Field == 1) function = fields.Value;
            else if (fields.Field == 2) line = (long)fields.Value;
        }
        _lines.Add((function, line));
    }

    private bool Add<T>(Dictionary<ulong, T> table, ulong id, T entry, bool isBroken)
    {
        if (id != 0 && !isBroken && table.Count < limits.SnapshotLines && table.TryAdd(id, entry)) return true;
        Dropped++;
        return false;
    }

    private RawFrame PlaceOf(Location location)
    {
        var absolute = new RawFrame { Address = location.Address, AddressKind = location.Address == 0 ? FrameAddressKind.None : FrameAddressKind.Absolute };
        if (location.Mapping == 0) return absolute;
        if (!_mappings.TryGetValue(location.Mapping, out var mapping))
        {
            Missing++;
            return absolute;
        }
        var path = strings.Get(mapping.File);
        if (!IsFile(path)) return absolute with { Module = path };
        if (location.Address < mapping.Start || location.Address >= mapping.Limit) return absolute with { Module = path, BuildId = BuildIdOf(mapping) };
        var offset = unchecked(location.Address - mapping.Start + mapping.Offset);
        return new RawFrame { Address = offset, AddressKind = FrameAddressKind.InModule, Module = path, BuildId = BuildIdOf(mapping) };
    }

    // [vdso] and //anon are none.
    private static bool IsFile(string? path) => path is not null && !path.StartsWith('[') && !path.StartsWith("//", StringComparison.Ordinal);

    /// <summary>Hex digits as GNU build ids are shown; Go's own and other texts are left out.</summary>
    private string? BuildIdOf(Mapping mapping)
    {
        var text = strings.Get(mapping.BuildId);
        return text is { Length: >= 8 and <= 64 } && text.All(char.IsAsciiHexDigit) ? text.ToLowerInvariant() : null;
    }
}
