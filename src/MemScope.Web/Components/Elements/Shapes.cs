namespace MemScope.Web.Components.Elements;

/// <summary>Shapes of growth, as far as colour goes.</summary>
public static class Shapes
{
    /// <summary>Whether a series of this shape is still on its way: only then its line takes the colour of growth.</summary>
    public static bool Moves(string shape) => shape is "linear" or "geometric" or "step";
}
