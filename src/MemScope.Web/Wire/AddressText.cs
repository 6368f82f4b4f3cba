using System.Globalization;

namespace MemScope.Web.Wire;

/// <summary>Addresses and offsets as the wire writes them.</summary>
internal static class AddressText
{
    /// <summary>Hex without 0x.</summary>
    public static string Of(ulong address) => address.ToString("x", CultureInfo.InvariantCulture);
}
