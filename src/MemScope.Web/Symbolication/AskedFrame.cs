using MemScope.Core.Analysis.Callchains;
using MemScope.Core.Model;
using MemScope.Symbols;
using MemScope.Web.Wire;

namespace MemScope.Web.Symbolication;

/// <summary>A frame whose name is asked for.</summary>
/// <param name="AsPrinted">What is known without symbols; its module and build id say where to look.</param>
/// <param name="Lookup">By what it is looked up; null when it cannot be, or need not.</param>
/// <param name="Miss">Why it has no name, if none is found before a file is asked.</param>
internal readonly record struct AskedFrame(FrameWire AsPrinted, FrameLookup? Lookup, SymbolMiss Miss)
{
    /// <summary>A frame with its place.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="map">The mappings that it was placed by; they tell why an address has no module. May be null.</param>
    public static AskedFrame Of(PlacedFrame frame, ModuleMap? map)
    {
        var hasModule = frame.Module is not null;
        var isInModule = hasModule && frame.Kind is FrameAddressKind.FileOffset or FrameAddressKind.LinkAddress or FrameAddressKind.InModule;
        var offset = isInModule || (frame.Kind is FrameAddressKind.Absolute && !hasModule) ? AddressText.Of(frame.Address) : null;
        var asPrinted = new FrameWire(frame.Function, frame.File, frame.Line, frame.Module, frame.BuildId, offset, frame.Inlined, null) { NamedBy = frame.NamedBy };
        // A tracer that printed the source line used the debug information itself.
        if (frame.File is not null || frame.Kind is FrameAddressKind.None || frame.Module is PlacedFrame.Jit) return new AskedFrame(asPrinted, null, SymbolMiss.NoModule);
        if (!hasModule) return new AskedFrame(asPrinted, null, map is { IsEmpty: false } && frame.Kind is FrameAddressKind.Absolute && !map.IsAnonymousCode(frame.Address) ? SymbolMiss.Unmapped : SymbolMiss.NoModule);
        if (!isInModule) return new AskedFrame(asPrinted, null, SymbolMiss.NoSymbols);
        var lookup = new FrameLookup(frame.Kind, frame.Address, frame.FunctionOffset);
        return new AskedFrame(asPrinted with { Lookup = lookup.ToString() }, lookup, SymbolMiss.NoSymbols);
    }

    /// <summary>A frame of an answer, to be named again.</summary>
    public static AskedFrame Of(FrameWire frame) =>
        new(frame, frame.Module is { Length: > 0 } && FrameLookup.Parse(frame.Lookup) is { } lookup ? lookup : null, SymbolMiss.NoSymbols);
}
