namespace MemScope.Web.Wire;

/// <summary>Which ends of a region move, over its whole life. Joins, cuts and moves of the whole are not counted.</summary>
/// <param name="StartMoves">How often its start was elsewhere than in the snapshot before.</param>
/// <param name="EndMoves">How often its end was.</param>
/// <param name="StartBytes">Bytes that came at its start, less those that went.</param>
/// <param name="EndBytes">Bytes that came at its end, less those that went.</param>
/// <param name="StepBytes">The size of which every change is a multiple, or null.</param>
/// <param name="Steps">Of how many such steps the changes are made up; 0 without a step.</param>
/// <param name="Text">In a sentence.</param>
public sealed record RegionEdgesWire(int StartMoves, int EndMoves, long StartBytes, long EndBytes, long? StepBytes, long Steps, string Text);

/// <summary>The mapping that lies next to a region.</summary>
/// <param name="RegionId">Its region.</param>
/// <param name="IsAbove">Whether it lies at higher addresses.</param>
/// <param name="Category">Its category.</param>
/// <param name="Name">Its name, empty when unnamed.</param>
/// <param name="Perms">Its permissions.</param>
/// <param name="Start">Its first address, hex.</param>
/// <param name="End">First address behind it, hex.</param>
/// <param name="GapBytes">Unmapped bytes between the two.</param>
public sealed record RegionNeighbourWire(Guid RegionId, bool IsAbove, string Category, string Name, string Perms, string Start, string End, long GapBytes);

/// <summary>Where a region lay over its life, at up to 60 snapshots, as columns. Places are bytes above the lowest address that it had in any of them.</summary>
/// <param name="Numbers">Numbers of the snapshots.</param>
/// <param name="StartBytes">Place of its first address in each.</param>
/// <param name="EndBytes">Place of the first address behind it in each.</param>
public sealed record RegionCourseWire(int[] Numbers, long[] StartBytes, long[] EndBytes);
